import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

const base = 'node:20-bookworm-slim';
const searchPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Lays out a build context in `folder`: a rootfs of the image's programs and folders, and its Dockerfile. */
export function stagePrograms(folder, { programs, optional = {}, folders, lines }) {
  const rootfs = join(folder, 'rootfs');
  for (const [name, target] of Object.entries({ ...programs, ...present(optional) })) {
    const program = find(name);
    put(program, join(rootfs, target));
    putLibraries(program, rootfs);
  }
  for (const path of folders.filter((candidate) => existsSync(candidate))) {
    cpSync(path, join(rootfs, path), { recursive: true, verbatimSymlinks: true });
    for (const name of readdirSync(path)) {
      const file = join(path, name);
      if (statSync(file).isFile()) putLibraries(file, rootfs);
    }
  }
  const dockerfile = [`FROM ${base}`, 'LABEL siskin.made-locally=true', 'COPY rootfs/ /', ...lines, ''];
  writeFileSync(join(folder, 'Dockerfile'), dockerfile.join('\n'));
}

const present = (programs) =>
  Object.fromEntries(Object.entries(programs).filter(([name]) => lookUp(name) !== undefined));

const lookUp = (name) =>
  searchPath.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));

function find(name) {
  const path = lookUp(name);
  if (path === undefined)
    throw new Error(`${name} is not installed here; npm run setup installs it on Debian`);
  return realpathSync(path);
}

const librariesOf = new Map();

function putLibraries(program, rootfs) {
  const file = realpathSync(program);
  if (!librariesOf.has(file)) librariesOf.set(file, libraries(file));
  for (const library of librariesOf.get(file)) put(realpathSync(library), join(rootfs, library));
}

/** What the dynamic loader names, as absolute paths; nothing for scripts and static programs. */
function libraries(program) {
  try {
    const listing = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return [...listing.matchAll(/(?:=>\s*|^\s*)(\/\S+)\s+\(0x/gm)].map((match) => match[1]);
  } catch (error) {
    if (error.status === 1) return []; // ldd's answer to "not a dynamic executable"
    throw error;
  }
}

function put(from, to) {
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
  chmodSync(to, 0o755);
}

if (process.platform !== 'linux') throw new Error('images are made from Linux programs: run this on Linux');
