import { execFile, spawn } from 'node:child_process';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { connectDocker } from '../../src/adapters/docker/connect.ts';

const exec = promisify(execFile);
export const postgresImage = 'siskin-test/postgres:15';
const home = '/usr/lib/postgresql/15';

const dockerfile = `FROM busybox:1.36
ADD postgres.tar /
COPY entry.sh /entry.sh
RUN echo 'postgres:x:999:999::/var/lib/postgresql:/bin/sh' >> /etc/passwd \\
 && mkdir -p /var/lib/postgresql/data /var/run/postgresql && chown -R 999:999 /var/lib/postgresql /var/run/postgresql \\
 && chmod 0755 /entry.sh && chmod 1777 /tmp
ENV PATH=${home}/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data
USER 999
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["/entry.sh"]
`;

/** As the official image: set up while only the socket is listened on, then served over TCP. */
const entry = `#!/bin/sh
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username="$POSTGRES_USER" --auth=trust --no-sync --locale=C --encoding=UTF8
  postgres -c listen_addresses= -c fsync=off -c shared_buffers=16MB & server=$!
  until pg_isready --quiet; do sleep 0.1; done
  createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  kill -INT $server && wait $server || true
fi
exec postgres -c listen_addresses=* -c fsync=off -c shared_buffers=16MB -c max_connections=20
`;

/** Makes an image of this machine's own PostgreSQL 15, unless the engine has it: there is no registry to pull one from. */
export async function ensurePostgresImage(): Promise<string> {
  const docker = connectDocker(process.env.DOCKER_HOST);
  const there = await docker.getImage(postgresImage).inspect().then(yes, no);
  if (there) return postgresImage;
  await access(join(home, 'bin', 'postgres'));
  const context = await mkdtemp(join(tmpdir(), 'sk-postgres-'));
  try {
    await writeFile(join(context, 'Dockerfile'), dockerfile);
    await writeFile(join(context, 'entry.sh'), entry);
    const archive = join(context, 'postgres.tar');
    const without = ['--exclude=*/man', '--exclude=*/bitcode', '--exclude=*/llvmjit*'];
    await exec('tar', ['-chf', archive, '-C', '/', ...without, ...(await contents())]);
    const tar = spawn('tar', ['-cf', '-', '-C', context, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const events = await docker.buildImage(tar.stdout, { t: postgresImage });
    let last = '';
    events.on('data', (chunk: Buffer) => {
      last = chunk.toString();
    });
    await finished(events);
    if (!(await docker.getImage(postgresImage).inspect().then(yes, no))) throw new Error(`no image: ${last}`);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  return postgresImage;
}

/** Paths relative to /. */
async function contents(): Promise<string[]> {
  const programs = (await readdir(join(home, 'bin'))).map((name) => join(home, 'bin', name));
  const { stdout } = await exec('ldd', programs, { maxBuffer: 16 * 1024 * 1024 });
  const libraries = [...stdout.matchAll(/(?:=>\s*|^\s*)(\/\S+)\s+\(0x/gm)].map(([, path = '']) => path);
  return [home, '/usr/share/postgresql/15', '/usr/share/zoneinfo', ...new Set(libraries)].map((path) =>
    path.slice(1),
  );
}

const yes = () => true;
const no = () => false;
