import { rename } from 'node:fs/promises';
import { build } from 'esbuild';
import { entry, siskinCommand } from './siskin-command.ts';

/**
 * Makes the command one file. The suites start Siskin and its CLI hundreds of times, the long chaos forms thousands, and
 * compiling and finding some two thousand modules takes three times as long as all that a start does besides.
 */
export default async function setup(): Promise<void> {
  const [outfile = ''] = siskinCommand;
  const made = `${outfile}.${process.pid}`;
  await build({
    entryPoints: [entry],
    outfile: made,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Those find files of their own beside them.
    external: ['bullmq', 'dockerode', 'ssh2'],
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url),__dirname=import.meta.dirname;",
    },
    logLevel: 'warning',
  });
  // Another test run in this folder may be starting it at this moment.
  await rename(made, outfile);
}
