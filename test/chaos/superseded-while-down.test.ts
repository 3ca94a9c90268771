import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppRepository, commitVariant, createAppRepository } from '../support/app-repository.ts';
import { standing } from '../support/chaos-rollouts.ts';
import { beginChaos } from '../support/chaos-run.ts';
import { ChaosSiskin, hostOf } from '../support/chaos-siskin.ts';
import { tinyApp } from '../support/chaos-tiny-app.ts';
import { servingRelease } from '../support/load.ts';
import { startRedis, type TestRedis } from '../support/redis-server.ts';

const environment = 'production';

let repository: AppRepository;
let redis: TestRedis;
let siskin: ChaosSiskin;

describe('a worker killed while it runs a deployment', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    redis = await startRedis();
    siskin = await ChaosSiskin.start({
      repository: repository.path,
      environments: [environment],
      parts: [
        { name: 'worker', verb: 'worker' },
        { name: 'server', verb: 'server' },
      ],
      config: { redis: { url: redis.url } },
    });
    await siskin.ended(await push('first'));
  });
  afterAll(async () => {
    await siskin?.remove();
    await redis?.stop();
    await repository?.remove();
  });

  it.each(['fetching', 'canary'])(
    'a push that comes before the deployment killed in state %s is taken up again supersedes it by name',
    async (state) => {
      const chaos = beginChaos(`superseded-while-down, ${state}`);
      const older = await push(`older-${state}`);
      for await (const event of siskin.events(older)) {
        if (event.kind === 'journal' && event.event.type === 'state' && event.event.state === state) break;
      }
      await siskin.part('worker').kill();
      const newer = await push(`newer-${state}`);
      await siskin.part('worker').start();
      expect(await siskin.ended(newer)).toMatchObject({ state: 'succeeded' });
      const { state: end, supersededBy, reason } = await siskin.deployment(older);
      chaos.print({ older: { state: end, supersededBy, reason } });
      expect(await servingRelease(siskin.router, hostOf(environment))).toBe(`newer-${state}`);
      expect(await standing(siskin)).toMatchObject({ running: 1, others: [], servers: [1], idle: [] });
      expect({ state: end, supersededBy }).toEqual({ state: 'superseded', supersededBy: newer });
    },
  );
});

async function push(release: string): Promise<string> {
  const compose = await tinyApp({ canary: { share: '50%', minBake: '2s', maxBake: '3s', watch: '0s' } });
  const sha = await commitVariant(repository, { release }, { branch: environment, compose });
  return (await siskin.push(sha, { branch: environment })).deployments[environment] ?? '';
}
