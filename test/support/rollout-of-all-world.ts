import type { JournalEntry, JournalEvent } from '../../src/domain/journal.ts';
import type { Interruption } from '../../src/domain/rollout/fleet.ts';
import { ownEntry } from '../../src/domain/rollout/progress.ts';
import { nextStepOfAll, type Planned, type ServiceSituation } from '../../src/domain/rollout-of-all.ts';
import type { RolloutSpec } from '../../src/domain/service-spec.ts';
import { type Behaviour, RolloutWorld } from './rollout-world.ts';

export interface ServiceModel {
  spec: RolloutSpec;
  oldReplicas: number;
  behaviour: Behaviour;
}

/** Several services in one world: one clock, one worker, one journal of which each reads what is its own. */
export class RolloutOfAllWorld {
  readonly worlds: readonly RolloutWorld[];
  readonly journal: JournalEntry[] = [];
  readonly steps: string[] = [];

  constructor(models: readonly ServiceModel[]) {
    this.worlds = models.map(
      ({ spec, oldReplicas, behaviour }) => new RolloutWorld(spec, oldReplicas, behaviour, false),
    );
    for (const [index, world] of this.worlds.entries())
      world.append = (...events) => this.#append(index, events);
  }

  get t(): number {
    return Math.max(...this.worlds.map(({ t }) => t));
  }

  get finished(): boolean {
    return this.worlds.every(({ progress }) => progress.phase === 'finished');
  }

  set interruption(interruption: Interruption) {
    for (const world of this.worlds) world.interruption = interruption;
  }

  /** The environment's: every service stands still. */
  set frozen(reason: string | null) {
    for (const world of this.worlds) world.frozen = reason;
  }

  get frozen(): string | null {
    return this.worlds.find(({ frozen }) => frozen !== null)?.frozen ?? null;
  }

  situations(): ServiceSituation[] {
    return this.worlds.map((world, index) => ({ service: nameOf(index), ...world.situation() }));
  }

  plan(): Planned[] {
    return nextStepOfAll(this.situations());
  }

  /** Does what was planned, one thing after the other. @param dies where the worker is killed, if it is */
  perform(plan: readonly Planned[], dies: 'before-effect' | 'after-effect' | null): void {
    for (const { service, step } of plan) {
      const world = this.worlds.find((_, index) => nameOf(index) === service);
      if (!world) throw new Error(`no service ${service}`);
      this.steps.push(`${service} ${step.kind}${'replica' in step ? ` ${step.replica}` : ''}`);
      const before = world.t;
      if (step.kind === 'Begin') world.begin();
      else world.perform(step, dies);
      for (const other of this.worlds) if (other !== world) other.pass(world.t - before);
      if (world.frozen !== null) this.frozen = world.frozen;
    }
  }

  #append(of: number, events: readonly JournalEvent[]): void {
    for (const event of events) {
      const said = { ...(event.type === 'state' ? { ...event, type: 'service-state' as const } : event) };
      const everybodys = said.type === 'run-began' || said.type === 'finished';
      const entry: JournalEntry = {
        t: this.t,
        at: new Date(0).toISOString(),
        event: everybodys ? said : { ...said, service: nameOf(of) },
      };
      this.journal.push(entry);
      for (const [index, world] of this.worlds.entries()) {
        const own = ownEntry(entry, nameOf(index));
        if (own) world.receive(own);
      }
    }
  }
}

/** `s1`, `s2`, … */
export const nameOf = (index: number): string => `s${index + 1}`;
