import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..', '..', '..');
const sources = ['Dockerfile', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const folders = ['src', 'workers', 'deploy-templates'];

/** Lays out the build context of the Dockerfile, with what it would otherwise fetch: the packages, and dist. */
export function stageCheckout(folder) {
  for (const name of [...sources, ...folders])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  cpSync(join(root, 'scripts', 'make-executable.mjs'), join(folder, 'scripts', 'make-executable.mjs'));
  compile(join(folder, 'prebuilt', 'dist'));
  for (const path of productionPackages()) {
    if (existsSync(join(root, path))) cpSync(join(root, path), join(folder, 'prebuilt', path), own(path));
  }
}

/** As `npm run build`, but into another folder: this checkout's dist may be older than its sources, or in use. */
function compile(dist) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) throw new Error('there are no packages here: npm run setup installs them');
  const args = [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', dist];
  try {
    execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    throw new Error(`the sources do not compile:\n${error.stdout}`);
  }
  writeFileSync(join(dist, '.built'), `${new Date().toISOString()}\n`);
}

/** Folders of the packages that run in production, as package-lock.json lists them (paths under node_modules). */
function productionPackages() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true && entry.devOptional !== true)
    .map(([path]) => path);
}

/** A package without those nested in it: they have entries of their own. */
const own = (path) => ({
  recursive: true,
  filter: (source) => !source.startsWith(join(root, path, 'node_modules')),
});
