import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '../../../src/api/authentication.ts';
import { auditLocally } from '../../../src/cli/local/audit-locally.ts';
import { osUser } from '../../../src/cli/local/os-user.ts';
import { runCli } from '../../../src/cli/program.ts';
import { verbs } from '../../../src/cli/verbs.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { type AuditIntake, startAuditIntake } from '../../../workers/audit-intake.ts';
import { memoryIo, runSiskin } from '../../support/app-cli.ts';
import { createSiskinFolder } from '../../support/app-cli-answers.ts';
import { startApi } from '../../support/redis-api.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, type RedisWorld, testAudit } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
let folder: string;
let warnings: string;
const intakes: AuditIntake[] = [];

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  folder = await mkdtemp(join(tmpdir(), 'siskin-audit-'));
  warnings = '';
});
afterEach(async () => {
  for (const intake of intakes.splice(0)) await intake.stop();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const intake = (): AuditIntake => {
  const destination = {
    write: (text: string) => {
      warnings += text;
    },
  };
  const made = startAuditIntake(join(folder, 'data'), world.audit, createLogger({ destination }));
  intakes.push(made);
  return made;
};

/** A server as `siskin up` wires it, on this folder's siskin.yaml. */
async function startServer() {
  const taking = intake();
  const token = 'token-of-this-machine';
  const api = await startApi(world, {
    tokens: [{ name: 'cli', role: 'admin', hash: hashToken(token), ofCommandLine: true }],
    takeInAudit: () => taking.takeIn(),
  });
  return { api, config: await createSiskinFolder(folder, api.url, token) };
}
const pending = async () => await readdir(join(folder, 'data', 'audit-pending'));
const all = async () => (await world.audit.page({}, 100)).entries;
const io = memoryIo();
const byThisUser = { actor: { kind: 'cli', name: osUser({}) }, from: hostname() };

describe('a verb that works without the API', () => {
  it('is in the audit log at once while Siskin runs, as this user', async () => {
    const { api, config } = await startServer();
    expect((await runSiskin(['token', 'new', 'ci', '--config', config])).code).toBe(0);
    expect(await all()).toMatchObject([
      { ...byThisUser, action: 'token-new', detail: { name: 'ci', role: 'deployer' } },
    ]);
    expect(await pending()).toEqual([]);
    await api.close();
  });

  it('never writes the token itself down', async () => {
    const { api, config } = await startServer();
    const { out } = await runSiskin(['token', 'new', 'ci', '--json', '--config', config]);
    expect(JSON.stringify(await all())).not.toContain(JSON.parse(out).token);
    await api.close();
  });

  it('waits in dataDir while Siskin is down, for its owner’s eyes only, and is taken in when it starts', async () => {
    await mkdir(join(folder, 'data'));
    const local = { dataDir: join(folder, 'data'), listen: '127.0.0.1:9' };
    for (const name of ['A', 'B']) {
      await auditLocally(io, local, {
        action: 'secrets-set',
        detail: { environment: 'shop/production', name },
      });
    }
    const [file = ''] = await pending();
    expect((await stat(join(folder, 'data', 'audit-pending', file))).mode & 0o777).toBe(0o600);
    expect(await all()).toEqual([]);
    // What a start takes in by itself leaves nothing for the next call, which waits for it.
    expect(await intake().takeIn()).toBe(0);
    expect((await all()).map(({ detail }) => detail.name)).toEqual(['B', 'A']);
    expect((await all())[0]).toMatchObject({ ...byThisUser, environments: ['shop/production'] });
  });

  it('is taken in once, although Siskin dies between taking it and removing its file', async () => {
    const note = { ...testAudit, at: '2026-01-01T00:00:00.000Z' };
    expect([await world.audit.takeIn('x', note), await world.audit.takeIn('x', note)]).toEqual([true, false]);
    expect(await all()).toHaveLength(1);
  });

  it('a file that holds no entry is told of and left, and does not keep the others', async () => {
    const waiting = join(folder, 'data', 'audit-pending');
    await mkdir(waiting, { recursive: true });
    await writeFile(join(waiting, '1.json'), '{"at":"never"}');
    await auditLocally(
      io,
      { dataDir: join(folder, 'data'), listen: '127.0.0.1:9' },
      { action: 'x', detail: {} },
    );
    await intake().takeIn();
    expect(await all()).toHaveLength(1);
    expect(await pending()).toEqual(['1.json']);
    expect(warnings).toContain('holds no audit entry');
  });

  it('where there is no Siskin notes nothing, and where it cannot be noted says so', async () => {
    const local = { dataDir: join(folder, 'none'), listen: null };
    await auditLocally(io, local, { action: 'x', detail: {} });
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'none'), 'a file');
    await expect(auditLocally(io, local, { action: 'x', detail: {} })).rejects.toMatchObject({
      code: 'AUDIT_UNWRITABLE',
    });
  });
});

describe('siskin audit', () => {
  it('shows, filters, and goes back to --since over pages', async () => {
    const { api, config } = await startServer();
    const siskin = (...args: string[]) => runSiskin(['audit', ...args, '--config', config]);
    expect((await siskin()).out).toBe('Nothing of that kind is in the audit log.\n');
    const old = { ...testAudit, at: '2020-01-01T00:00:00.000Z', action: 'old' };
    await world.audit.takeIn('old', old);
    const notes = Array.from({ length: 250 }, (_, index) => ({
      ...testAudit,
      action: 'deploy',
      detail: { index },
    }));
    await Promise.all(notes.map((note) => world.audit.add(note)));
    const list = JSON.parse((await siskin('--since', '7d', '--limit', '1000', '--json')).out).entries;
    expect(list).toHaveLength(250);
    expect(list[249].detail).toEqual({ index: 0 });
    expect(JSON.parse((await siskin('--limit', '1000', '--json')).out).entries).toHaveLength(251);
    const { out } = await siskin('--action', 'old');
    expect(out).toMatch(
      /^WHEN +WHO +FROM +ACTION +ENVIRONMENT +WHAT\n2020-01-01 00:00:00 {2}ana \(github\) {2}- +old /,
    );
    expect((await siskin('shop', 'test', '--json')).out).toContain('"entries": []');
    expect((await siskin('--since', 'tomorrow')).err).toContain('It is a time such as 30m');
    await api.close();
  });

  it('-f goes on with what happens, oldest first, until Ctrl-C', async () => {
    const { api, config } = await startServer();
    await world.audit.add({ ...testAudit, action: 'first' });
    const interrupt = new AbortController();
    const lines: string[] = [];
    const written = new EventEmitter();
    const line = (place: number) => once(written, String(place));
    const [first, third] = [line(1), line(3)];
    const watching = memoryIo({ interrupted: interrupt.signal });
    watching.write = (text) => {
      lines.push(text);
      written.emit(String(lines.length));
    };
    const run = runCli(['audit', '-f', '--json', '--config', config], watching, verbs);
    await first;
    await world.audit.add({ ...testAudit, action: 'second' });
    await world.audit.add({ ...testAudit, action: 'third' });
    await third;
    interrupt.abort();
    expect(await run).toBe(0);
    expect(lines.map((line) => JSON.parse(line).action)).toEqual(['first', 'second', 'third']);
    await api.close();
  });
});
