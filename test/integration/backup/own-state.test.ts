import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeIdentity } from '../../../src/adapters/age/identity.ts';
import { SecretStore } from '../../../src/adapters/age/secret-store.ts';
import { type RedisServer, redisServer } from '../../../src/adapters/process/redis-server.ts';
import { runCliHere } from '../../support/cli-in-process.ts';
import { temporaryFolder } from '../../support/git-repository.ts';
import { pastDeployment, withLease } from '../../support/redis-past.ts';
import { openRedisWorld, pushOf, testAudit } from '../../support/redis-world.ts';

const shop = { app: 'shop', environment: 'production' };
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const running: RedisServer[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  await folder.remove();
});

/** siskin.yaml of a machine whose data is in `dataDir`; both share the folder of the backups. */
async function machine(dataDir: string) {
  const file = join(folder.path, `${dataDir}.yaml`);
  const identityFile = join(folder.path, 'identity');
  await writeFile(
    file,
    `dataDir: ./${dataDir}\nserver: { listen: "127.0.0.1:9" }\nsecrets: { identityFile: ${identityFile} }\nbackup: { to: ./backups }\n`,
  );
  const path = join(folder.path, dataDir);
  await mkdir(path, { recursive: true });
  return {
    path,
    secrets: new SecretStore({ folder: join(path, 'secrets'), identityFile }),
    cli: (...words: string[]) => runCliHere(file, words),
    /** Its Redis as Siskin starts it, under Siskin's own prefix. */
    redis: async () => {
      const server = await redisServer({ dataDir: path });
      await server.start();
      running.push(server);
      const world = await openRedisWorld({ url: server.url }, 'siskin:');
      return { server, world };
    },
  };
}

/** Everything that Siskin would tell people about the app. */
const told = async ({ world }: { world: Awaited<ReturnType<typeof openRedisWorld>> }) => {
  const deployments = await world.history.list({ limit: 50 });
  return {
    deployments: await Promise.all(deployments.map(({ id }) => world.history.get(id))),
    environment: await world.store.environment(shop),
    releases: await world.store.releases(shop),
    audit: await world.audit.page({}, 50),
    log: await world.history.logTail('d1', 10),
  };
};

it("brings Siskin's records and secrets back into an empty dataDir, with a Redis that runs and with one that does not", async () => {
  const lost = await machine('lost');
  await makeIdentity(join(folder.path, 'identity'), new Date());
  await lost.secrets.set({ ...shop }, { TOKEN: 's3cret-value' }, { via: 'stdin', now: new Date() });
  const before = await lost.redis();
  const { id: ended } = await pastDeployment(before.world, shop, { end: 'succeeded', image: true });
  await before.world.ledger.record('guid-1', [pushOf('guid-1')], testAudit);
  await withLease(before.world, shop, async () => {
    const made = await lost.cli('backup', '--json');
    expect(made.errors).toBe('');
  });
  const known = await told(before);
  expect(known.deployments).toHaveLength(2);
  expect(known.environment.wanted).not.toBe(ended);
  await before.world.close();
  await before.server.stop();

  const [id = ''] = (await readdir(join(folder.path, 'backups'))).filter((name) => !name.startsWith('.'));
  const inside = join(folder.path, 'backups', id);
  const contents = await Promise.all((await readdir(inside)).map((name) => readFile(join(inside, name))));
  expect(Buffer.concat(contents).toString('latin1')).not.toMatch(/AGE-SECRET-KEY|s3cret-value/);
  expect(await readFile(join(inside, 'siskin.yaml'), 'utf8')).toContain('dataDir: ./lost');

  const found = await machine('found');
  expect(await found.cli('restore', id, '--siskin')).toMatchObject({ exitCode: 0, errors: '' });
  expect(await found.secrets.read(shop)).toEqual(new Map([['TOKEN', 's3cret-value']]));
  expect((await stat(join(found.path, 'secrets', 'shop', 'production.age'))).mode & 0o777).toBe(0o600);
  const after = await found.redis();
  expect(await told(after)).toEqual(known);
  // the lease of before is nobody's, and the next fence is higher than any
  await withLease(after.world, shop, async ({ fence }) => expect(fence).toBe(3));
  const next = await after.world.ledger.record('guid-2', [pushOf('guid-2')], testAudit);
  expect(next.deployments[0]?.deployment).toBe('d3');
  expect(await after.world.ledger.record('guid-1', [pushOf('guid-1')], testAudit)).toMatchObject({
    duplicate: true,
  });

  const again = await found.cli('restore', id, '--siskin');
  expect(again.errors).toMatch(/RESTORE_REFUSED: this Siskin has \d+ records/);
  await after.world.close();
});

it('does not take what somebody laid beside the secrets for one of them', async () => {
  const one = await machine('one');
  await makeIdentity(join(folder.path, 'identity'), new Date());
  await one.secrets.set({ ...shop }, { TOKEN: 'first' }, { via: 'stdin', now: new Date() });
  const stray = join(one.path, 'secrets', 'shop', 'production.old.age');
  await writeFile(stray, 'kept by hand');
  const { id, state } = JSON.parse((await one.cli('backup', '--json')).output);
  expect(state.secrets).toMatchObject([{ app: 'shop', environment: 'production' }]);
  expect(JSON.parse((await one.cli('backup', 'list', '--json')).output)).toMatchObject([
    { id, damaged: null },
  ]);
});

it('refuses to replace secrets that are others', async () => {
  const one = await machine('one');
  await makeIdentity(join(folder.path, 'identity'), new Date());
  await one.secrets.set({ ...shop }, { TOKEN: 'first' }, { via: 'stdin', now: new Date() });
  const { id } = JSON.parse((await one.cli('backup', '--json')).output);
  await one.secrets.set({ ...shop }, { TOKEN: 'second' }, { via: 'stdin', now: new Date() });
  expect((await one.cli('restore', id, '--siskin')).errors).toContain(
    'RESTORE_REFUSED: this Siskin has 0 records and 1 other files of secrets already',
  );
  expect(await one.secrets.read(shop)).toEqual(new Map([['TOKEN', 'second']]));
});
