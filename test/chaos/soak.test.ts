import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis, waitForRedis } from '../../src/adapters/redis/connect.ts';
import { RedisRetention } from '../../src/adapters/redis/retention.ts';
import { storeContext } from '../../src/adapters/redis/store-context.ts';
import { type AppRepository, commitVariant, createAppRepository } from '../support/app-repository.ts';
import { processesNaming } from '../support/chaos-children.ts';
import { beginChaos, isLong, sized, spread } from '../support/chaos-run.ts';
import { ChaosSiskin } from '../support/chaos-siskin.ts';
import { tinyApp } from '../support/chaos-tiny-app.ts';
import { heldOf } from '../support/docker-cleanup.ts';

const environment = 'production';
/** As little history as may be kept: what lies above it shows. */
const history = { keep: 50, maxAge: '90d' };
const deployments = sized(8, 500);
/** How often what is held is looked at, in deployments. */
const sampleEvery = sized(2, 20);

let repository: AppRepository;
let siskin: ChaosSiskin;

describe('one deployment after the other', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    siskin = await ChaosSiskin.start({
      repository: repository.path,
      environments: [environment],
      config: { history },
    });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  it(`${deployments} deployments leave nothing behind that grows`, async () => {
    const chaos = beginChaos('soak');
    const samples = [];
    const tookMs: number[] = [];
    for (let n = 1; n <= deployments; n += 1) {
      tookMs.push(await deploy(n));
      if (n % sampleEvery !== 0) continue;
      samples.push({ n, ...(await held()) });
      // A run that fails after hours has told its figures.
      if (!isLong || samples.length % 5 === 0) chaos.print(samples.at(-1) ?? {});
    }
    chaos.print({ deployments, msPerDeployment: spread(tookMs) });
    expect(new Set(samples.map(({ containers }) => containers))).toEqual(new Set([1]));
    expect(new Set(samples.map(({ networks }) => networks))).toEqual(new Set([1]));
    if (isLong) for (const what of ['images', 'redisKeys', 'fds'] as const) expectFlat(what, samples);
  });
});

async function deploy(n: number): Promise<number> {
  const began = performance.now();
  const compose = await tinyApp();
  const sha = await commitVariant(repository, { release: `soak-${n}` }, { branch: environment, compose });
  const { deployments: made } = await siskin.push(sha, { branch: environment });
  const view = await siskin.ended(made[environment] ?? '');
  expect(view, await siskin.lastLines()).toMatchObject({ state: 'succeeded' });
  return performance.now() - began;
}

async function held() {
  const { pid } = siskin.part('up');
  const { containers, images, networks } = await heldOf(siskin.app);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return {
    rssMb: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024),
    fds: (await readdir(`/proc/${pid}/fd`)).length,
    children: (await processesNaming(siskin.dataDir)).length,
    containers: containers.length,
    images: images.length,
    networks: networks.length,
    ...(await redisKeys()),
    diskKb: Number((await promisify(execFile)('du', ['-sk', siskin.dataDir])).stdout.split('\t')[0]),
  };
}

/**
 * Keys that stay, after a look through the history as Siskin takes one every ten minutes. Those of deliveries are counted
 * apart: Redis forgets them after days, by itself.
 */
async function redisKeys(): Promise<{ redisKeys: number; passingKeys: number }> {
  const redis = connectRedis(
    { url: `unix://${join(siskin.dataDir, 'run', 'redis.sock')}` },
    'commands',
    () => {},
  );
  try {
    await waitForRedis(redis, 10_000);
    const policy = { keep: history.keep, maxAgeMs: 90 * 24 * 3_600_000 };
    await new RedisRetention(storeContext(redis)).run(policy, new Date());
    const [, keys, expires] = /keys=(\d+),expires=(\d+)/.exec(await redis.info('keyspace')) ?? [];
    return { redisKeys: Number(keys) - Number(expires), passingKeys: Number(expires) };
  } finally {
    redis.disconnect();
  }
}

/** No more in the last quarter than a tenth above what there was at the most in the first half. */
function expectFlat<K extends string>(what: K, samples: readonly Record<K, number>[]): void {
  const values = samples.map((sample) => sample[what]);
  const early = Math.max(...values.slice(0, Math.ceil(values.length / 2)));
  const late = Math.max(...values.slice(Math.floor((values.length * 3) / 4)));
  expect(late, `${what}: ${values.join(', ')}`).toBeLessThanOrEqual(early * 1.1);
}
