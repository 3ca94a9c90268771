import { resolve } from 'node:path';
import { appsMemory, readHostConfig } from '../../config/host/read-apps.ts';
import { readBundle } from '../../config/host/read-bundle.ts';
import type { HostBundle } from '../../domain/host/bundle.ts';

/** A host's folder with its apps. @throws SiskinError and ProblemsError of readBundle, readHostConfig and appsMemory */
export async function loadBundle(folder: string): Promise<HostBundle> {
  const absolute = resolve(folder);
  return readBundle(absolute, await appsMemory(absolute, await readHostConfig(absolute)));
}
