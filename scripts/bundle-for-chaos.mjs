/**
 * The command in one file, dist/chaos/main.mjs. The long chaos tests start Siskin thousands of times, and most of a start
 * is finding and compiling some two thousand modules.
 */
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

await build({
  entryPoints: [join(root, 'src', 'cli', 'main.ts')],
  outfile: join(root, 'dist', 'chaos', 'main.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Those find files of their own beside them.
  external: ['bullmq', 'dockerode'],
  banner: {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url),__dirname=import.meta.dirname;",
  },
  logLevel: 'warning',
});
