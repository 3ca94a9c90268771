import { connectDocker } from '../src/adapters/docker/connect.ts';
import { followEngine } from '../src/adapters/docker/engine-events.ts';
import type { HaproxyRouter } from '../src/adapters/haproxy/haproxy-router.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import type { EnvironmentKey } from '../src/domain/names.ts';
import type { RepairAction } from '../src/domain/repair/repair-step.ts';
import type { Logger } from '../src/observability/logger.ts';
import { Repairs } from '../src/pipeline/repair/repairs.ts';
import type { World } from '../src/pipeline/run-context.ts';
import type { Store } from './store.ts';
import { watchRouter } from './watch-router.ts';

/** Every environment is looked at once in so many ms, one after the other; and at once when something has happened. */
const roundMs = 60_000;

/** Events come in bursts, and some a moment before the engine's list shows what they tell; in ms. */
const settlesMs = 50;

export interface RepairOptions {
  config: SiskinConfig;
  store: Store;
  router: HaproxyRouter;
  world: World;
  log: Logger;
  /** Told of every repair, for a metric. */
  onAction: (action: RepairAction) => void;
}

/** The repairs of this worker, and whatever wakes them: Docker's events, the router's restarts, the clock. */
export function makeRepairs(options: RepairOptions): { repairs: Repairs; watch: () => { close(): void } } {
  const alarm = new Alarm(options);
  const wakeIn = (key: EnvironmentKey, ms: number) => alarm.wakeIn(key, ms);
  const repairs = new Repairs(options.world, { onAction: options.onAction, wakeIn });
  return { repairs, watch: () => watch(options, alarm) };
}

function watch({ config, router, log }: RepairOptions, alarm: Alarm): { close(): void } {
  const engine = followEngine(connectDocker(config.docker.host), {
    onChange: (key) => alarm.wakeIn(key, settlesMs),
    onOpen: () => alarm.wakeAll(),
    onError: (err) => log.warn({ err }, 'the Docker engine cannot be listened to; Siskin keeps trying'),
  });
  const watched = watchRouter(router, log, () => alarm.wakeAll());
  const round = alarm.goRound(roundMs);
  return {
    close: () => {
      for (const part of [round, watched, engine, alarm]) part.close();
    },
  };
}

/** Wakes environments of siskin.yaml, now or later. */
class Alarm {
  readonly #keys: readonly EnvironmentKey[];
  readonly #store: Store;
  readonly #log: Logger;
  readonly #alarms = new Map<EnvironmentKey, { timer: NodeJS.Timeout; at: number }>();
  #closed = false;

  constructor({ config, store, log }: RepairOptions) {
    this.#keys = config.apps.flatMap(({ app, environments }) =>
      environments.map(({ environment }) => ({ app, environment })),
    );
    this.#store = store;
    this.#log = log;
  }

  /** Of several wake-ups of one environment the earliest counts: the look that it leads to asks for the next. */
  wakeIn(wanted: EnvironmentKey, ms: number): void {
    const key = this.#keys.find(
      ({ app, environment }) => app === wanted.app && environment === wanted.environment,
    );
    if (!key || this.#closed) return;
    const at = performance.now() + ms;
    const set = this.#alarms.get(key);
    if (set && set.at <= at) return;
    clearTimeout(set?.timer);
    const timer = setTimeout(() => {
      this.#alarms.delete(key);
      this.#wake(key);
    }, ms);
    this.#alarms.set(key, { timer, at });
  }

  wakeAll(): void {
    for (const key of this.#keys) this.wakeIn(key, 0);
  }

  /** Wakes one after the other, evenly, each once in a round. */
  goRound(ms: number): { close(): void } {
    let next = 0;
    const timer = setInterval(
      () => {
        const key = this.#keys[next++ % this.#keys.length];
        if (key) this.#wake(key);
      },
      Math.ceil(ms / Math.max(1, this.#keys.length)),
    );
    return { close: () => clearInterval(timer) };
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#alarms.values()) clearTimeout(timer);
  }

  /** An environment in which nothing serves has nothing to repair, unless it is all that is known of it. */
  #wake(key: EnvironmentKey): void {
    const { deployments, wakeUps } = this.#store;
    const woken = async () => {
      const { current } = await deployments.environment(key);
      const idle = current === null && (await deployments.releases(key)).length > 0;
      if (!idle && !this.#closed) await wakeUps.wake(key);
    };
    woken().catch((err: unknown) => {
      if (!this.#closed) this.#log.warn({ ...key, err }, 'not woken for a look; its turn comes in a minute');
    });
  }
}
