import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const sources = ['Dockerfile', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const folders = ['src', 'workers', 'deploy-templates'];

/** Lays out the build context of the Dockerfile with what is built here already: dist and the packages it needs. */
export function stageCheckout(folder) {
  if (!existsSync(join(root, 'dist', '.built'))) throw new Error('there is no dist: npm run build makes it');
  for (const name of [...sources, ...folders])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  cpSync(join(root, 'scripts', 'make-executable.mjs'), join(folder, 'scripts', 'make-executable.mjs'));
  cpSync(join(root, 'dist'), join(folder, 'prebuilt', 'dist'), { recursive: true });
  for (const path of productionPackages()) {
    if (existsSync(join(root, path))) cpSync(join(root, path), join(folder, 'prebuilt', path), own(path));
  }
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
