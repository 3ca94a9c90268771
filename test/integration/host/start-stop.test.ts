import { randomInt, randomUUID } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { freePort } from '../../support/free-port.ts';
import {
  containersOf,
  edit,
  eventsDuring,
  initHost,
  inspectNetwork,
  type ProjectEvent,
  removeProject,
  scratchFolder,
  siskin,
  standInImages,
} from '../../support/host-bundle.ts';
import { runCliProcess } from '../../support/siskin-cli.ts';

const project = `host-${randomUUID().slice(0, 8)}`;
let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let images: Awaited<ReturnType<typeof standInImages>>;
let folder: string;
let subnet: string;

beforeAll(async () => {
  scratch = await scratchFolder();
  folder = join(scratch.path, 'host');
  images = await standInImages(`siskin-test/${project}`);
  const ports = ['--server-port', String(await freePort()), '--router-port', String(await freePort())];
  const web = ['--http-port', String(await freePort()), '--https-port', String(await freePort())];
  subnet = `10.213.${randomInt(256)}.${16 * randomInt(16)}/28`;
  const network = ['--front-subnet', subnet];
  const { code, err } = await initHost(folder, 'nas', '--project', project, ...ports, ...web, ...network);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const part of ['main', 'siskin', 'front']) {
    const env = join(folder, part, '.env');
    await edit(env, /^(\w+_IMAGE)=.*$/gm, `$1=${images.well}`);
    // Nobody but root of the whole machine may raise it, and tests run in containers, too.
    await edit(env, /^NOFILE=.*$/m, 'NOFILE=1024');
  }
  const monitoring = join(folder, 'monitoring', '.env');
  const named =
    (await readFile(join(folder, 'monitoring', 'docker-compose.yml'), 'utf8')).match(/\w+_IMAGE/g) ?? [];
  const lines = ['NOFILE=1024', ...named.map((name) => `${name}=${images.well}`)];
  await edit(
    monitoring,
    /^GRAFANA_LISTEN=.*$/m,
    `GRAFANA_LISTEN=127.0.0.1:${await freePort()}\n${lines.join('\n')}`,
  );
});
afterAll(async () => {
  await removeProject(project);
  await images?.remove();
  await scratch?.remove();
});

const main = ['postgres', 'redis', 'minio'];
const watching = ['prometheus', 'alertmanager', 'grafana', 'loki', 'alloy', 'zipkin', 'node-exporter'];
const own = ['siskin-redis', 'siskin-prometheus', 'siskin-server', 'siskin-worker', 'siskin-router'];
const front = ['front'];

/** Where something happened first; it must have happened. */
const placeOf = (events: ProjectEvent[], service: string, action: string): number => {
  const place = events.findIndex((event) => event.service === service && event.action === action);
  expect({ service, action, happened: place !== -1 }).toEqual({ service, action, happened: true });
  return place;
};
const healthy = 'health_status: healthy';

describe('siskin host', () => {
  it('another network with its addresses is named before anything is made', async () => {
    const docker = connectDocker(process.env.DOCKER_HOST);
    const other = await docker.createNetwork({
      Name: `${project}-other`,
      IPAM: { Config: [{ Subnet: subnet }] },
    });
    const { code, err } = await siskin('host', 'start', folder);
    await other.remove();
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(
        `error HOST_SUBNET_TAKEN: ${project}_front is to be ${subnet}, of which ${project}-other (${subnet}) has addresses already. Nothing was started.\n`,
      ),
    });
    expect(await containersOf(project)).toEqual({});
    expect(await docker.listNetworks({ filters: { name: [project] } })).toEqual([]);
  });

  it('a database that crashes keeps everything after it from being started', async () => {
    await edit(join(folder, 'main', '.env'), /^POSTGRES_IMAGE=.*$/m, `POSTGRES_IMAGE=${images.crashing}`);
    const { code, out, err } = await siskin('host', 'start', folder);
    await edit(join(folder, 'main', '.env'), /^POSTGRES_IMAGE=.*$/m, `POSTGRES_IMAGE=${images.well}`);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(
        /error HOST_NOT_HEALTHY: main: \S*postgres\S* (was restarted \d+ times, last exit code 3|ended with exit code 3)\. What comes after it was not started\./,
      ),
    });
    expect(out).toContain(`network ${project}-database  made\n`);
    expect(Object.keys(await containersOf(project)).sort()).toEqual([...main].sort());
  });

  it('start brings up part after part, each when the one before is healthy', async () => {
    const events = await eventsDuring(
      project,
      async () => {
        const { code, out, err } = await siskin('host', 'start', folder);
        expect({ code, err }).toEqual({ code: 0, err: '' });
        expect(out).toContain(`network ${project}-database  is there\n`);
      },
      front.map((service) => ({ service, action: 'start' })),
    );
    const containers = await containersOf(project);
    expect(Object.keys(containers).sort()).toEqual([...main, ...watching, ...own, ...front].sort());
    // Redis and MinIO may be well since the start that failed.
    expect(placeOf(events, 'postgres', healthy)).toBeLessThan(placeOf(events, 'prometheus', 'start'));
    for (const service of own)
      expect(placeOf(events, 'prometheus', healthy)).toBeLessThan(placeOf(events, service, 'start'));
    expect(placeOf(events, 'siskin-redis', healthy)).toBeLessThan(placeOf(events, 'siskin-server', 'start'));
    for (const service of own)
      expect(placeOf(events, service, 'start')).toBeLessThan(placeOf(events, 'front', 'start'));
    expect(containers.postgres?.HostConfig.Memory).toBe(512 * 2 ** 20);
    expect((await inspectNetwork(`${project}-database`)).Internal).toBe(true);
    expect((await inspectNetwork(project)).Internal).toBe(false);
  });

  it('status tells each service, and a second start changes nothing', async () => {
    const before = await containersOf(project);
    const { code, out } = await siskin('host', 'status', folder, '--json');
    expect(code).toBe(0);
    const { services } = JSON.parse(out);
    expect(services.map(({ service }: { service: string }) => service)).toEqual([
      ...main,
      ...watching,
      ...own,
      ...front,
    ]);
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

  it('start makes those anew that read siskin.yaml when it is another one, and no others', async () => {
    const before = await containersOf(project);
    await appendFile(join(folder, 'siskin.yaml'), '# another one\n');
    expect(await siskin('host', 'start', folder)).toMatchObject({ code: 0, err: '' });
    const after = await containersOf(project);
    const anew = Object.keys(after).filter((service) => after[service]?.Id !== before[service]?.Id);
    expect(anew.sort()).toEqual(['siskin-server', 'siskin-worker']);
  });

  it('cli hands words and input to a container of its own, which is gone afterwards', async () => {
    const words = ['deploy', 'shop', 'production', '--wait'];
    const config = join(folder, 'siskin.yaml');
    const { exitCode, output } = await runCliProcess(
      config,
      ['host', 'cli', folder, ...words],
      'from outside\n',
    );
    const given = [
      '--url',
      'http://siskin-server:8080',
      '--token-file',
      '/var/lib/siskin/cli-token',
      ...words,
    ];
    expect(output).toContain(`/siskin/dist/src/cli/main.js\n${given.join('\n')}\nfrom outside\n`);
    expect(output).not.toMatch(/orphan/i); // Compose would advise to remove the other parts
    expect(exitCode).toBe(0);
    expect((await runCliProcess(config, ['host', 'cli', folder, 'fail'])).exitCode).toBe(1);
    expect(Object.keys(await containersOf(project))).not.toContain('siskin-cli');
  });

  it('stop goes the other way, and what was stopped stays and is told', async () => {
    expect((await siskin('host', 'stop', folder, '--dry-run')).out).toMatch(
      /^1\. part front: front\n2\. part siskin: .*\n3\. part monitoring: .*\n4\. part main: /,
    );
    const events = await eventsDuring(
      project,
      async () => {
        const { code, out, err } = await siskin('host', 'stop', folder);
        const told = '✓ front stopped\n✓ siskin stopped\n✓ monitoring stopped\n✓ main stopped\n';
        expect({ code, out, err }).toEqual({ code: 0, out: told, err: '' });
      },
      main.map((service) => ({ service, action: 'die' })),
    );
    for (const service of own)
      expect(placeOf(events, 'front', 'die')).toBeLessThan(placeOf(events, service, 'die'));
    for (const service of own)
      expect(placeOf(events, service, 'die')).toBeLessThan(placeOf(events, 'prometheus', 'die'));
    for (const service of main)
      expect(placeOf(events, 'prometheus', 'die')).toBeLessThan(placeOf(events, service, 'die'));
    const containers = await containersOf(project);
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
