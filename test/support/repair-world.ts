import { replicaName } from '../../src/domain/names.ts';
import type { Observation, ObservedReplica, ObservedServer } from '../../src/domain/observation.ts';
import { serves } from '../../src/domain/repair/repair-fleet.ts';
import {
  noteObservation,
  noteStep,
  notesOf,
  type RepairNotes,
} from '../../src/domain/repair/repair-notes.ts';
import { repairStep } from '../../src/domain/repair/repair-plan.ts';
import type { RepairStep } from '../../src/domain/repair/repair-step.ts';
import { rolloutSpec } from './specs.ts';

export const currentRelease = 2;
const port = 3000;

export const replica = (name: string, change: Partial<ObservedReplica> = {}): ObservedReplica => {
  const [release = 0, slot = 0] = name.slice(1).split('-').map(Number);
  return {
    name,
    release,
    slot,
    status: 'running',
    address: `10.0.${release}.${slot}`,
    exitCode: 0,
    oomKilled: false,
    restarts: 0,
    containerHealth: 'none',
    ...change,
  };
};

export const server = (name: string, change: Partial<ObservedServer> = {}): ObservedServer => {
  const { address } = replica(name);
  return { name, address: address ?? '', port, state: 'ready', weight: 100, sessions: 0, ...change };
};

/** What one replica does when it is started. */
export interface Temper {
  /** From start to healthy, in ms. */
  bootMs: number;
  /** How many starts end in an exit before one lasts. */
  crashes: number;
  /** How many starts the engine refuses while the container is the one that is there. */
  refuses: boolean;
}

/** A model of Docker and the router around the plan; it fails as soon as the plan takes away what serves. */
export class RepairWorld {
  t = 0;
  readonly steps: string[] = [];
  readonly replicas: Map<string, ObservedReplica>;
  readonly servers: Map<string, ObservedServer>;
  strays: string[];
  readonly #temper: Temper;
  readonly #spec;
  readonly #startedAt = new Map<string, number>();
  readonly #crashes = new Map<string, number>();
  #notes: RepairNotes = new Map();
  #address = 1;

  constructor(size: number, observed: Observation, strays: string[], temper: Temper) {
    this.#spec = rolloutSpec({ replicas: size });
    this.replicas = new Map(observed.replicas.map((one) => [one.name, { ...one }]));
    this.servers = new Map(observed.servers.map((one) => [one.name, { ...one }]));
    this.strays = [...strays];
    this.#temper = temper;
  }

  observe(): Observation {
    return { replicas: [...this.replicas.values()], servers: [...this.servers.values()] };
  }

  /** One look and one step. @returns undefined when all is as it should be */
  next(): RepairStep | undefined {
    this.#boot();
    const observed = { ...this.observe(), strays: this.strays };
    this.#notes = noteObservation(this.#notes, observed, this.t);
    const step = repairStep({
      release: currentRelease,
      spec: this.#spec,
      observed,
      notes: this.#notes,
      t: this.t,
    });
    if (!step) return undefined;
    this.steps.push(JSON.stringify(step));
    const before = this.reachable();
    const result = this.#perform(step);
    this.#notes = noteStep(this.#notes, step, result, this.t);
    if (before > 0 && this.reachable() === 0) this.#fail(`${step.kind} took away the last that serves`);
    this.t += step.kind === 'Rest' ? step.ms : 20;
    return step;
  }

  /** How many servers give new requests to their own replica, or to any of the current release. */
  reachable(): number {
    const live = [...this.replicas.values()].filter(({ status }) => status === 'running');
    const leads = ({ name, address }: ObservedServer) =>
      live.some((one) => one.address === address && (one.name === name || one.release === currentRelease));
    return [...this.servers.values()].filter(
      (one) => one.state === 'ready' && one.weight > 0 && one.port === port && leads(one),
    ).length;
  }

  /** The slots that serve as they should. */
  serving(): string[] {
    return [...this.replicas.values()]
      .map((one) => ({ ...one, replica: one, server: this.servers.get(one.name) ?? null }))
      .filter((one) => serves({ ...one, notes: notesOf(this.#notes, one.name) }, port))
      .map(({ name }) => name)
      .sort();
  }

  wanted(): string[] {
    return Array.from({ length: this.#spec.replicas }, (_, index) =>
      replicaName(currentRelease, index + 1),
    ).sort();
  }

  #boot(): void {
    for (const [name, one] of this.replicas) {
      if (one.status === 'restarting') this.#run(name);
      const startedAt = this.#startedAt.get(name);
      if (one.status !== 'running' || startedAt === undefined || this.t - startedAt < 5) continue;
      const left = this.#crashes.get(name) ?? this.#temper.crashes;
      if (left > 0 && this.servers.get(name)?.state !== 'ready') {
        this.#crashes.set(name, left - 1);
        this.#end(name);
      }
    }
  }

  #run(name: string): void {
    // the engine gives the lowest address that is free
    const taken = new Set([...this.replicas.values()].map(({ address }) => address));
    let address = `10.9.0.${this.#address}`;
    while (taken.has(address)) address = `10.9.0.${++this.#address}`;
    this.replicas.set(name, replica(name, { address }));
    this.#startedAt.set(name, this.t);
  }

  #end(name: string): void {
    this.replicas.set(name, replica(name, { status: 'exited', address: null, exitCode: 1 }));
    this.#startedAt.delete(name);
  }

  #perform(step: RepairStep): { healthy?: { replica: string; address: string }[]; refused?: boolean } {
    switch (step.kind) {
      case 'StartReplica': {
        const there = this.replicas.get(step.replica);
        if (there && this.#temper.refuses && there.status !== 'running') return { refused: true };
        this.#run(step.replica);
        return {};
      }
      case 'AwaitHealthy': {
        this.t += 100;
        return {
          healthy: step.replicas.filter(
            ({ replica: name }) =>
              this.t - (this.#startedAt.get(name) ?? Number.NEGATIVE_INFINITY) >= this.#temper.bootMs,
          ),
        };
      }
      case 'AddServer':
        this.#must(!this.servers.has(step.replica), `${step.replica} added twice`);
        this.#must(this.replicas.get(step.replica)?.address === step.address, 'added at another address');
        this.servers.set(
          step.replica,
          server(step.replica, { address: step.address, state: 'maintenance', weight: 0 }),
        );
        return {};
      case 'MoveServer':
        this.#must(this.servers.has(step.replica), `${step.replica} moved and not known`);
        this.#must(this.replicas.get(step.replica)?.address === step.address, 'moved to another address');
        this.#change(step.replica, { address: step.address, port });
        return {};
      case 'Attach': {
        const one = this.servers.get(step.replica);
        this.#must(one !== undefined, `${step.replica} attached and not known`);
        if (one) this.servers.set(step.replica, { ...one, state: 'ready', weight: step.weight });
        return {};
      }
      case 'Drain':
        this.#change(step.replica, { state: 'drain', sessions: 0 });
        return {};
      case 'RemoveServer':
        this.servers.delete(step.replica);
        return {};
      case 'StopReplica':
        this.#must(
          this.servers.get(step.replica)?.state !== 'ready',
          `${step.replica} stopped under traffic`,
        );
        this.#end(step.replica);
        return {};
      case 'RemoveReplica':
        this.#must(
          this.replicas.get(step.replica)?.status !== 'running',
          `${step.replica} removed while it ran`,
        );
        this.replicas.delete(step.replica);
        return {};
      case 'RemoveStray':
        this.strays = this.strays.filter((one) => one !== step.container);
        return {};
      case 'Wait':
      case 'Rest':
        return {};
    }
  }

  #change(name: string, change: Partial<ObservedServer>): void {
    const one = this.servers.get(name);
    if (one) this.servers.set(name, { ...one, ...change });
  }

  #must(condition: boolean, what: string): void {
    if (!condition) this.#fail(what);
  }

  #fail(what: string): never {
    throw new Error(`${what}\n${this.steps.slice(-30).join('\n')}`);
  }
}
