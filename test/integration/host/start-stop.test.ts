import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import {
  containersOf,
  edit,
  initHost,
  inspectNetwork,
  removeProject,
  scratchFolder,
  siskin,
  standInImages,
} from '../../support/host-bundle.ts';

const project = `host-${randomUUID().slice(0, 8)}`;
let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let images: Awaited<ReturnType<typeof standInImages>>;
let folder: string;

beforeAll(async () => {
  scratch = await scratchFolder();
  folder = join(scratch.path, 'host');
  images = await standInImages(`siskin-test/${project}`);
  const ports = ['--server-port', String(await freePort()), '--router-port', String(await freePort())];
  const { code, err } = await initHost(folder, 'nas', '--project', project, ...ports);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const part of ['main', 'monitoring', 'siskin']) {
    const env = join(folder, part, '.env');
    await edit(env, /^(\w+_IMAGE)=.*$/gm, `$1=${images.well}`);
    // Nobody but root of the whole machine may raise it, and tests run in containers, too.
    if (part !== 'monitoring') await edit(env, /^NOFILE=.*$/m, 'NOFILE=1024');
  }
  await edit(
    join(folder, 'monitoring', '.env'),
    /^ZIPKIN_LISTEN=.*$/m,
    `ZIPKIN_LISTEN=127.0.0.1:${await freePort()}`,
  );
});
afterAll(async () => {
  await removeProject(project);
  await images?.remove();
  await scratch?.remove();
});

const main = ['postgres', 'redis', 'minio'];
const own = ['siskin-redis', 'siskin-prometheus', 'siskin-server', 'siskin-worker', 'siskin-router'];
type Containers = Awaited<ReturnType<typeof containersOf>>;

const startedAt = (containers: Containers, service: string): string =>
  containers[service]?.State.StartedAt ?? '';
const finishedAt = (containers: Containers, service: string): string =>
  containers[service]?.State.FinishedAt ?? '';
/** When its health check first said that it is well. */
const wellAt = (containers: Containers, service: string): string => {
  const log = containers[service]?.State.Health?.Log ?? [];
  return new Date(log.find(({ ExitCode }) => ExitCode === 0)?.End ?? 0).toISOString();
};
/** Docker's nanoseconds compare as text only within one format. */
const time = (iso: string): number => Date.parse(iso);

describe('siskin host', () => {
  it('a database that crashes keeps everything after it from being started', async () => {
    await edit(join(folder, 'main', '.env'), /^POSTGRES_IMAGE=.*$/m, `POSTGRES_IMAGE=${images.crashing}`);
    const { code, out, err } = await siskin('host', 'start', folder);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(
        /error HOST_NOT_HEALTHY: main: \S*postgres\S* (was restarted \d+ times, last exit code 3|ended with exit code 3)\. What comes after it was not started\./,
      ),
    });
    expect(out).toContain(`network ${project}-database  made\n`);
    expect(Object.keys(await containersOf(project)).sort()).toEqual([...main].sort());
    await edit(join(folder, 'main', '.env'), /^POSTGRES_IMAGE=.*$/m, `POSTGRES_IMAGE=${images.well}`);
  });

  it('start brings up part after part, each when the one before is healthy', async () => {
    const { code, out, err } = await siskin('host', 'start', folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`network ${project}-database  is there\n`);
    const containers = await containersOf(project);
    expect(Object.keys(containers).sort()).toEqual([...main, 'zipkin', ...own].sort());
    const databasesWell = Math.max(...main.map((service) => time(wellAt(containers, service))));
    expect(containers.postgres?.State.Health?.Log?.[0]?.ExitCode).toBe(1);
    expect(databasesWell).toBeLessThanOrEqual(time(startedAt(containers, 'zipkin')));
    for (const service of own)
      expect(time(wellAt(containers, 'zipkin'))).toBeLessThanOrEqual(time(startedAt(containers, service)));
    expect(containers.postgres?.HostConfig.Memory).toBe(512 * 2 ** 20);
    expect((await inspectNetwork(`${project}-database`)).Internal).toBe(true);
    expect((await inspectNetwork(project)).Internal).toBe(false);
  });

  it('status tells each service, and a second start changes nothing', async () => {
    const before = await containersOf(project);
    const { code, out } = await siskin('host', 'status', folder, '--json');
    expect(code).toBe(0);
    const { services } = JSON.parse(out);
    expect(services.map(({ service }: { service: string }) => service)).toEqual([...main, 'zipkin', ...own]);
    expect(services[0]).toMatchObject({ part: 'main', state: 'running', health: 'healthy', ready: true });
    expect((await siskin('host', 'start', folder)).code).toBe(0);
    const after = await containersOf(project);
    for (const [service, { Id, State }] of Object.entries(after))
      expect({ service, Id, at: State.StartedAt }).toEqual({
        service,
        Id: before[service]?.Id,
        at: before[service]?.State.StartedAt,
      });
  });

  it('stop goes the other way, and what was stopped stays and is told', async () => {
    expect((await siskin('host', 'stop', folder, '--dry-run')).out).toMatch(
      /^1\. part siskin: .*\n2\. part monitoring: .*\n3\. part main: /,
    );
    const { code, out, err } = await siskin('host', 'stop', folder);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '✓ siskin stopped\n✓ monitoring stopped\n✓ main stopped\n',
      err: '',
    });
    const containers = await containersOf(project);
    for (const service of own)
      expect(time(finishedAt(containers, service))).toBeLessThanOrEqual(
        time(finishedAt(containers, 'zipkin')),
      );
    for (const service of main)
      expect(time(finishedAt(containers, 'zipkin'))).toBeLessThanOrEqual(
        time(finishedAt(containers, service)),
      );
    expect(Object.values(containers).map(({ State }) => State.Status)).toEqual(
      Object.values(containers).map(() => 'exited'),
    );
    const status = await siskin('host', 'status', folder);
    expect(status).toMatchObject({
      code: 1,
      err: expect.stringContaining('error HOST_NOT_HEALTHY: Not ready: '),
    });
  });
});
