import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const home = '/usr/lib/postgresql';

/** Accounts as the base image has them: 1000 is `node`. The superuser's password is that of POSTGRES_PASSWORD. */
const entrypoint = `#!/bin/sh
set -e
if [ ! -s /data/db/PG_VERSION ]; then
  printf %s "$POSTGRES_PASSWORD" > /tmp/password
  initdb --pgdata=/data/db --username=postgres --pwfile=/tmp/password --auth=scram-sha-256 --locale=C >&2
  rm /tmp/password
  echo "host all all all scram-sha-256" >> /data/db/pg_hba.conf
fi
exec postgres -D /data/db -c listen_addresses='*' -c unix_socket_directories=/tmp
`;

/**
 * Makes an image of PostgreSQL from this machine's own binaries: its folders and the shared libraries that the loader
 * names, on the busybox image. psql in it works in images of Node, too: copy /usr/lib and /lib.
 * @returns the image's name; made once, for every version of PostgreSQL
 */
export async function postgresImage(): Promise<string> {
  const version = (await readdir(home)).sort((a, b) => Number(a) - Number(b)).at(-1);
  if (version === undefined) throw new Error(`no PostgreSQL below ${home}`);
  const image = `siskin-test-postgres:${version}`;
  const { exitCode } = await execa('docker', ['image', 'inspect', image], { reject: false });
  if (exitCode !== 0) await build(image, version);
  return image;
}

async function build(image: string, version: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'siskin-postgres-'));
  const bin = join(home, version, 'bin');
  try {
    const root = join(folder, 'root');
    const copy = async (path: string) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await cp(path, join(root, path), { recursive: true, dereference: true });
    };
    const programs = ['postgres', 'initdb', 'psql', 'pg_isready', 'pg_dump', 'pg_restore'].map((one) =>
      join(bin, one),
    );
    const libraries = join(home, version, 'lib');
    const modules = ['dict_snowball.so', 'plpgsql.so'].map((one) => join(libraries, one));
    const shared = join('/usr/share/postgresql', version);
    for (const path of [...programs, ...modules, shared]) await copy(path);
    for (const path of await sharedLibraries([...programs, ...modules])) await copy(path);
    await writeFile(join(root, 'entrypoint.sh'), entrypoint, { mode: 0o755 });
    await writeFile(
      join(folder, 'Dockerfile'),
      [
        'FROM busybox:1.36',
        'COPY root/ /',
        'RUN mkdir /data && chown 1000:1000 /data',
        `ENV PATH=${bin}:/usr/bin:/bin`,
        'USER 1000:1000',
        'CMD ["/entrypoint.sh"]',
      ].join('\n'),
    );
    await execa('docker', ['build', '--quiet', '--tag', image, folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function sharedLibraries(programs: readonly string[]): Promise<Set<string>> {
  const { stdout } = await execa('ldd', programs);
  return new Set(
    [...stdout.matchAll(/(?:=>\s*|^\s*)(\/\S+)\s+\(0x/gm)].flatMap(([, path]) => (path ? [path] : [])),
  );
}
