import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RedisFigures } from '../../../src/adapters/redis/figures.ts';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { LiveMask } from '../../../src/observability/mask.ts';
import { startServer } from '../../../workers/server.ts';
import { openStore, type Store } from '../../../workers/store.ts';
import { siskinYaml } from '../../support/config-samples.ts';
import { freePort } from '../../support/free-port.ts';
import { pastDeployment, withLease } from '../../support/redis-past.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, type RedisWorld } from '../../support/redis-world.ts';

let redis: TestRedis;
let store: Store;
let worker: RedisWorld;
let server: { url: string; close(): Promise<void> };
const key = { app: 'shop', environment: 'production' };
const log = createLogger({ level: 'silent' });

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  store = await openStore(redis.url, log);
  worker = await openRedisWorld(redis, 'siskin:');
  const yaml = siskinYaml(`dataDir: /\nserver: { listen: "127.0.0.1:${await freePort()}" }`);
  const cliToken = { name: 'cli', role: 'admin' as const, hash: '0'.repeat(64) };
  const config = parseSiskinConfig(yaml, '/siskin.yaml', {});
  server = await startServer({ config, store, cliToken, mask: new LiveMask(), log, withDocker: false });
});
afterEach(async () => {
  await server.close();
  await worker.close();
  await store.close();
});

async function scrape(): Promise<string> {
  const response = await fetch(`${server.url}/metrics`);
  expect(response.status).toBe(200);
  return response.text();
}

it('the server tells what another process did, also when Redis was killed in between', async () => {
  await pastDeployment(worker, key, {
    end: 'succeeded',
    journal: [
      [0, { type: 'state', state: 'building' }],
      [4_000, { type: 'replica-attached', replica: 'r1-1' }],
    ],
  });
  await new RedisFigures(worker.context).countReconcileAction('woken');
  const lines = [
    'siskin_deployments_total{app="shop",environment="production",outcome="succeeded"} 1',
    'siskin_deployments_total{app="shop",environment="production",outcome="failed"} 0',
    'siskin_deployment_stage_seconds_bucket{stage="building",le="2.5"} 0',
    'siskin_deployment_stage_seconds_bucket{stage="building",le="5"} 1',
    'siskin_deployment_stage_seconds_sum{stage="building"} 4',
    'siskin_reconcile_actions_total{action="woken"} 1',
    'siskin_dora_change_failure_share{app="shop",environment="production"} 0',
    'siskin_leases_held 1',
    'siskin_queue_depth{state="waiting"} 1',
  ];
  const seen = await withLease(worker, key, scrape);
  for (const line of lines) expect(seen.split('\n')).toContain(line);
  expect(seen).toMatch(/^siskin_disk_free_share\{holds="data"\} 0\.\d+$/m);
  expect(seen).toMatch(/^siskin_queue_oldest_wait_seconds [\d.e-]+$/m);
  const own = seen.split('\n').filter((line) => /^(# (HELP|TYPE) )?siskin_/.test(line));
  execFileSync('promtool', ['check', 'metrics'], { input: `${own.join('\n')}\n` });

  await redis.kill();
  const without = await scrape();
  expect(without).toMatch(/^siskin_disk_free_share/m);
  expect(without).not.toMatch(/^siskin_(deployment|leases|queue|reconcile)/m);

  await redis.start();
  await expect.poll(scrape, { timeout: 20_000 }).toContain(lines[0]);
});
