import { join } from 'node:path';
import process from 'node:process';
import { root } from './facts.mjs';
import { lastLines, run, tryRun } from './run.mjs';

const script = join(root, 'deploy-templates', 'base-images', 'make-image.mjs');
const pullTimeoutMs = 90_000;
const makeTimeoutMs = 5 * 60_000;

/** Pulls a base image, or makes it from this machine's own binaries where no registry answers. @returns verb and detail */
export async function ensureImage({ of, image }) {
  const withPull = await tryRun(process.execPath, [script, of, image, '--pull'], {
    timeoutMs: pullTimeoutMs,
  });
  const output =
    withPull.code === 0
      ? withPull.output
      : await run(process.execPath, [script, of, image], { timeoutMs: makeTimeoutMs });
  const verb = output.includes(': pulled') ? 'pulled' : 'made';
  return [
    verb,
    lastLines(output, 1)
      .replace(`${image}: `, '')
      .replace(/^made /, ''),
  ];
}
