import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const searchPath = ['/bin', '/usr/bin', '/sbin', '/usr/sbin', '/usr/local/bin'];

/** Names a program's shared libraries; part of libc-bin. */
const lister = 'ldd';

/** What stands in for busybox when it is not installed: enough for usual RUN steps. */
const plainTools =
  'sh cat chmod chown cp cut date dirname basename echo env false find grep head id ln ls mkdir mktemp mv printf pwd rm rmdir sed sleep sort stat tail tar test touch tr true uname wc whoami xargs'.split(
    ' ',
  );

/**
 * What goes into the image of Node.
 * @param {{ tag: string }} name
 * @returns {{ entries: object[], changes: string[], note: string }} for packTar and the engine's import
 */
export function nodeImage({ tag }) {
  warnOfOtherVersion(tag);
  const node = realpathSync(process.execPath);
  const builder = new Builder();
  builder.base();
  builder.program(node, 'usr/local/bin/node');
  builder.shell();
  builder.nameResolution(node);
  const npm = builder.npm(node);
  return {
    entries: builder.entries(),
    changes: [
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      `ENV NODE_VERSION=${process.versions.node}`,
      `LABEL siskin.base-image=node-${process.versions.node}`,
      'CMD ["node"]',
    ],
    note: `this machine's Node ${process.versions.node}${npm ? ' with npm' : ''}`,
  };
}

/** What goes into the image of busybox; see nodeImage. */
export function busyboxImage() {
  const busybox = findProgram('busybox');
  if (!busybox)
    throw new Error('busybox is not installed here: apt-get install busybox-static, then run this again');
  const builder = new Builder();
  builder.base();
  builder.shell();
  return {
    entries: builder.entries(),
    changes: [
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'LABEL siskin.base-image=busybox',
      'CMD ["sh"]',
    ],
    note: `this machine's ${busybox}`,
  };
}

function warnOfOtherVersion(tag) {
  const wanted = /^\d+/.exec(tag)?.[0];
  const here = process.versions.node.split('.')[0];
  if (wanted && wanted !== here)
    console.error(`make-image: note that this machine has Node ${here}, not ${wanted}`);
}

/** Collects entries by path, each with its parent folders; the first one wins. */
class Builder {
  #byPath = new Map();

  entries() {
    return [...this.#byPath.values()];
  }

  base() {
    for (const folder of [
      'bin',
      'etc',
      'home',
      'root',
      'usr/bin',
      'usr/local/bin',
      'var',
      'opt',
      'proc',
      'sys',
      'dev',
    ])
      this.#folder(folder);
    this.#add({ path: 'home/node', folder: true, owner: 1000 });
    this.#add({ path: 'tmp', folder: true, mode: 0o1777 });
    this.#add({ path: 'var/tmp', folder: true, mode: 0o1777 });
    this.#add({
      path: 'etc/passwd',
      text: 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
    });
    this.#add({ path: 'etc/group', text: 'root:x:0:\nnode:x:1000:\nnogroup:x:65534:\n' });
    this.#add({ path: 'etc/nsswitch.conf', text: 'passwd: files\ngroup: files\nhosts: files dns\n' });
    const certificates = '/etc/ssl/certs/ca-certificates.crt';
    if (existsSync(certificates)) this.#file(certificates, certificates.slice(1));
  }

  /** busybox where it is installed, else a handful of this machine's own tools. */
  shell() {
    const busybox = findProgram('busybox');
    if (busybox) {
      this.program(busybox, 'bin/busybox');
      const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean);
      for (const applet of applets)
        if (applet !== 'busybox') this.#add({ path: `bin/${applet}`, link: 'busybox', mode: 0o777 });
    } else {
      for (const tool of plainTools) {
        const found = findProgram(tool);
        if (found) this.program(found, `bin/${tool}`);
      }
    }
    this.#add({ path: 'usr/bin/env', link: '../../bin/env', mode: 0o777 });
  }

  /** npm beside Node, as the official image has it. @returns whether there was one */
  npm(node) {
    const root = join(dirname(dirname(node)), 'lib/node_modules/npm');
    if (!existsSync(join(root, 'bin/npm-cli.js'))) return false;
    this.#tree(root, 'usr/local/lib/node_modules/npm');
    for (const tool of ['npm', 'npx'])
      this.#add({
        path: `usr/local/bin/${tool}`,
        link: `../lib/node_modules/npm/bin/${tool}-cli.js`,
        mode: 0o777,
      });
    return true;
  }

  program(from, to) {
    this.#file(realpathSync(from), to, 0o755);
    for (const library of libraries(from)) this.#file(realpathSync(library), library.slice(1), 0o755);
  }

  /** glibc before 2.34 loads these by name when a host is looked up: ldd does not know of them. */
  nameResolution(program) {
    const libc = libraries(program).find((library) => basename(library).startsWith('libc.so'));
    if (!libc) return;
    for (const name of ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2']) {
      const library = join(dirname(libc), name);
      if (existsSync(library)) this.#file(realpathSync(library), library.slice(1), 0o755);
    }
  }

  #tree(from, to) {
    for (const item of readdirSync(from, { withFileTypes: true })) {
      const [source, target] = [join(from, item.name), `${to}/${item.name}`];
      if (item.isDirectory()) this.#tree(source, target);
      else if (item.isSymbolicLink()) this.#add({ path: target, link: readlinkSync(source), mode: 0o777 });
      else if (item.isFile()) this.#file(source, target, statSync(source).mode & 0o777);
    }
  }

  #file(from, to, mode = 0o644) {
    this.#add({ path: to, file: from, size: statSync(from).size, mode });
  }

  #folder(path) {
    if (path !== '.' && !this.#byPath.has(path)) this.#add({ path, folder: true });
  }

  #add(entry) {
    this.#folder(dirname(entry.path));
    if (!this.#byPath.has(entry.path)) this.#byPath.set(entry.path, entry);
  }
}

function findProgram(name) {
  return searchPath.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The shared libraries that the loader names, as absolute paths; none for a static program. */
function libraries(program) {
  let listing;
  try {
    listing = execFileSync(lister, [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error('ldd is not installed here; it comes with libc-bin');
    if (/not a dynamic|statically linked/i.test(`${error.stdout}${error.stderr}`)) return [];
    throw new Error(`ldd ${program}: ${String(error.stderr).trim() || error.message}`);
  }
  if (/=> not found/.test(listing)) throw new Error(`a shared library of ${program} is missing:\n${listing}`);
  return [...listing.matchAll(/(?:=>\s*|^\s*)(\/\S+)\s+\(0x/gm)].map((match) => match[1]);
}
