import { changedBesideFront } from '../src/config/changed-keys.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { messageOf, SiskinError } from '../src/domain/errors/siskin-error.ts';
import type { Logger } from '../src/observability/logger.ts';
import { type RunningFront, startFront } from './front.ts';
import type { ServedCertificates } from './front-files.ts';

/** The front of a running Siskin, which follows siskin.yaml without being stopped. */
export interface KeptFront {
  certificates: ServedCertificates;
  /**
   * Serves by `next` from now on.
   * @throws SiskinError FRONT_NEEDS_RESTART, and what startFront throws: then it serves as before;
   * FRONT_NOT_KEPT when it could not be taken up again as it was
   */
  follow(next: SiskinConfig): Promise<void>;
  stop(): Promise<void>;
}

/** @returns null when siskin.yaml has no front. @throws SiskinError as startFront does */
export async function keepFront(config: SiskinConfig, log: Logger): Promise<KeptFront | null> {
  const first = await startFront(config, log);
  return first && new Kept(config, first, log);
}

class Kept implements KeptFront {
  #config: SiskinConfig;
  #front: RunningFront;
  readonly #log: Logger;
  /** One after the other. */
  #following: Promise<void> = Promise.resolve();

  constructor(config: SiskinConfig, front: RunningFront, log: Logger) {
    this.#config = config;
    this.#front = front;
    this.#log = log;
  }

  get certificates(): ServedCertificates {
    const now = () => this.#front.value;
    return {
      get hosts() {
        return now().hosts;
      },
      expiry: (host) => now().expiry(host),
    };
  }

  follow(next: SiskinConfig): Promise<void> {
    const following = this.#following.then(() => this.#follow(next));
    this.#following = following.catch(() => undefined);
    return following;
  }

  async stop(): Promise<void> {
    await this.#following;
    await this.#front.stop();
  }

  async #follow(next: SiskinConfig): Promise<void> {
    refuseWhatNeedsRestart(this.#config, next);
    await this.#front.release();
    try {
      this.#front = await this.#started(next);
      this.#config = next;
    } catch (error) {
      this.#front = await this.#started(this.#config).catch((again: unknown) => {
        throw notKept(error, again);
      });
      throw error;
    }
  }

  async #started(config: SiskinConfig): Promise<RunningFront> {
    const front = await startFront(config, this.#log);
    if (front === null) throw needsRestart('front');
    return front;
  }
}

function refuseWhatNeedsRestart(before: SiskinConfig, next: SiskinConfig): void {
  const changed = [...changedBesideFront(before, next), ...(next.front ? [] : ['front'])];
  if (changed.length > 0) throw needsRestart(changed.join(', '));
}

const notKept = (error: unknown, again: unknown): SiskinError =>
  new SiskinError(
    'FRONT_NOT_KEPT',
    `The front was started neither by the new siskin.yaml (${messageOf(error)}) nor by the old one (${messageOf(again)}).`,
    { cause: error },
  );

const needsRestart = (keys: string): SiskinError =>
  new SiskinError(
    'FRONT_NEEDS_RESTART',
    `siskin.yaml differs in ${keys} from what Siskin was started with; the front serves as before.`,
  );
