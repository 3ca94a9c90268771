import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readTemplate, renderTemplate } from '../../src/adapters/templates/render-template.ts';
import {
  defaultMonitoring,
  type MonitoringValues,
  monitoringFiles,
} from '../../src/domain/host/monitoring.ts';

/** Every file of the monitoring folder with these values, by its path in the bundle. */
export async function renderMonitoring(
  change: Partial<MonitoringValues> = {},
): Promise<Record<string, string>> {
  const values = { ...defaultMonitoring, ...change };
  const texts = monitoringFiles.map(async ({ template, path }) => [
    path,
    template.endsWith('.eta') ? await renderTemplate(template, values) : await readTemplate(template),
  ]);
  return Object.fromEntries(await Promise.all(texts));
}

/** The same as files below a folder. */
export async function writeMonitoring(folder: string, change: Partial<MonitoringValues> = {}): Promise<void> {
  for (const [path, text] of Object.entries(await renderMonitoring(change))) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
