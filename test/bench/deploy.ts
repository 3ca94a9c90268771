import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '../../src/cli/client/client.ts';
import { type DeploymentEvent, follow } from '../../src/cli/client/deployment-events.ts';
import type { DeploymentView, TestSiskin } from '../support/siskin.ts';

export type Entry = Extract<DeploymentEvent, { kind: 'journal' }>;

/** Pushes a commit and waits for its deployment's end. @returns it with its journal */
export async function deploy(
  siskin: TestSiskin,
  sha: string,
): Promise<{ view: DeploymentView; journal: Entry[] }> {
  const { deployment, status } = await siskin.push(sha);
  if (status !== 202) throw new Error(`the push was answered ${status}`);
  const token = (await readFile(join(siskin.dataDir, 'cli-token'), 'utf8')).trim();
  const client = createClient({ url: siskin.api, token });
  const journal: Entry[] = [];
  for await (const event of follow(client, deployment, new AbortController().signal))
    if (event.kind === 'journal') journal.push(event);
  return { view: await siskin.deployment(deployment), journal };
}
