import type { Baseline, JournalEntry, JournalEvent } from '../../src/domain/journal.ts';
import { parseReplicaName, replicaName } from '../../src/domain/names.ts';
import type { Observation, ObservedReplica, ObservedServer } from '../../src/domain/observation.ts';
import { policyOf } from '../../src/domain/rollout/analysis.ts';
import type { Interruption } from '../../src/domain/rollout/fleet.ts';
import { promisedReplicas, type Situation } from '../../src/domain/rollout/fleet.ts';
import { advance, foldProgress, type Progress } from '../../src/domain/rollout/progress.ts';
import { type Step, stepName } from '../../src/domain/rollout/step.ts';
import { workerServers } from '../../src/domain/rollout/worker-servers.ts';
import { nextStep } from '../../src/domain/rollout-plan.ts';
import type { RolloutSpec } from '../../src/domain/service-spec.ts';

export const newRelease = 2;
export const oldRelease = 1;

/** How the new release behaves, and what happens to it. */
export interface Behaviour {
  bootMs: number;
  /** Slots that crash while they boot. */
  crashAtBoot: number[];
  neverHealthy: boolean;
  failsSmoke: boolean;
  /** Share of its requests that it answers 5xx. */
  failShare: number;
  /** The same of the old release. */
  baselineFailShare: number;
  /** A slot that dies this long after it was started. */
  dies: { slot: number; afterMs: number } | null;
  /** Sessions that an old replica has when it is drained, and how long the longest lasts. */
  sessionMs: number;
}

interface SimReplica extends ObservedReplica {
  startedAt: number;
}

interface SimServer extends ObservedServer {
  drainedAt: number | null;
}

/** A model of Docker, the router and a worker that may die at any point; it checks the invariants of DESIGN 5 at every step. */
export class RolloutWorld {
  t = 0;
  readonly spec: RolloutSpec;
  readonly behaviour: Behaviour;
  readonly replicas = new Map<string, SimReplica>();
  readonly servers = new Map<string, SimServer>();
  readonly steps: string[] = [];
  readonly journal: JournalEntry[] = [];
  interruption: Interruption | null = null;
  /** Why the environment stands still. */
  frozen: string | null = null;
  readonly #oldReplicas: number;
  #progress: Progress = foldProgress([]);

  /** @param begins false for one of several services, whose turn comes later */
  constructor(spec: RolloutSpec, oldReplicas: number, behaviour: Behaviour, begins = true) {
    this.spec = spec;
    this.behaviour = behaviour;
    this.#oldReplicas = oldReplicas;
    for (let slot = 1; slot <= oldReplicas; slot++) {
      this.#create(oldRelease, slot, -1_000_000);
      if (!spec.worker) this.#addServer(replicaName(oldRelease, slot), 'ready');
    }
    if (begins) this.begin();
  }

  /** Notes what serves, as the pipeline does when a service's turn has come. */
  begin(): void {
    const slots = Array.from({ length: this.#oldReplicas }, (_, index) => index + 1);
    const baseline: Baseline | null = this.#oldReplicas > 0 ? { release: oldRelease, slots } : null;
    const policy = policyOf(this.#oldReplicas, this.spec);
    this.append({ type: 'rollout-began', baseline, skipCanary: false, counters: {}, policy });
  }

  get progress(): Progress {
    return this.#progress;
  }

  append(...events: JournalEvent[]): void {
    for (const event of events) {
      this.receive({ t: this.t, at: new Date(0).toISOString(), event });
    }
  }

  receive(entry: JournalEntry): void {
    this.journal.push(entry);
    this.#progress = advance(this.#progress, entry);
  }

  situation(): Situation {
    const { spec, t, interruption, frozen } = this;
    const observed = this.observe();
    return { spec, release: newRelease, progress: this.#progress, t, observed, interruption, frozen };
  }

  observe(): Observation {
    const found = [...this.replicas.values()];
    if (this.spec.worker) return { replicas: found, servers: workerServers(found, this.#progress) };
    const servers = [...this.servers.values()].map((server) => ({
      ...server,
      sessions: this.#sessions(server),
    }));
    return { replicas: [...this.replicas.values()].map((replica) => ({ ...replica })), servers };
  }

  plan(): Step {
    return nextStep(this.situation());
  }

  /** Does a step as the real executors do. @param dies where the worker is killed, if it is */
  perform(step: Step, dies: 'before-effect' | 'after-effect' | null): void {
    const name = stepName(step);
    if (name !== undefined) {
      this.steps.push(name);
      this.append({ type: 'step-began', step: name });
    }
    if (step.kind === 'Drain') this.append({ type: 'drain-began', replica: step.replica });
    if (step.kind === 'StopReplica') this.append({ type: 'stop-began', replica: step.replica });
    const facts = dies === 'before-effect' ? [] : this.#effect(step);
    if (dies !== null) {
      this.#takeOver();
      return;
    }
    this.append(...facts);
    if (name !== undefined) this.append({ type: 'step-ended', step: name, outcome: 'ok' });
    this.pass(5);
  }

  /** Lets time pass: replicas boot and die. */
  pass(ms: number): void {
    this.t += ms;
    for (const replica of this.replicas.values()) {
      if (replica.release !== newRelease || replica.status !== 'running') continue;
      const age = this.t - replica.startedAt;
      const { crashAtBoot, dies, bootMs } = this.behaviour;
      if (crashAtBoot.includes(replica.slot) && age > bootMs / 2) this.#crash(replica);
      if (dies && dies.slot === replica.slot && age > dies.afterMs) this.#crash(replica);
    }
  }

  /** How many replicas take new requests and can answer them. */
  serving(): number {
    return this.observe().servers.filter((server) => {
      const replica = this.replicas.get(server.name);
      return server.state === 'ready' && replica?.status === 'running' && this.#booted(replica);
    }).length;
  }

  /** The invariants that hold at every instant; returns what is broken. */
  broken(): string | null {
    const { phase, rollBack } = this.#progress;
    const promised = promisedReplicas(this.situation());
    const serving = this.serving();
    const crashed = [...this.replicas.values()].some(
      ({ release, status, name }) =>
        release === newRelease &&
        status === 'exited' &&
        (this.spec.worker === true || this.servers.get(name)?.state === 'ready'),
    );
    const found = rollBack !== null && rollBack.evidence !== 'none';
    const floor = phase === 'rolling-back' && found ? Math.min(1, promised) : promised;
    if (!crashed && !this.#everCrashedServing() && serving < floor)
      return `${serving} replicas serve in phase ${phase}, promised were ${floor}`;
    return null;
  }

  #everCrashedServing(): boolean {
    return this.behaviour.dies !== null && this.#progress.phase === 'rolling-back';
  }

  #takeOver(): void {
    this.pass(3_000);
    this.append({ type: 'run-began' });
  }

  #booted(replica: SimReplica): boolean {
    if (replica.release === oldRelease)
      return this.t - replica.startedAt >= Math.min(300, this.behaviour.bootMs);
    return !this.behaviour.neverHealthy && this.t - replica.startedAt >= this.behaviour.bootMs;
  }

  #sessions(server: SimServer): number {
    if (server.state !== 'drain' || server.drainedAt === null) return server.state === 'ready' ? 3 : 0;
    return this.t - server.drainedAt >= this.behaviour.sessionMs ? 0 : 2;
  }

  #create(release: number, slot: number, startedAt: number): void {
    const name = replicaName(release, slot);
    this.replicas.set(name, {
      name,
      release,
      slot,
      status: 'running',
      address: `10.0.${release}.${slot}`,
      exitCode: 0,
      oomKilled: false,
      restarts: 0,
      containerHealth: 'none',
      startedAt,
    });
  }

  #addServer(name: string, state: ObservedServer['state']): void {
    const parsed = parseReplicaName(name);
    const address = this.replicas.get(name)?.address ?? `gone-${parsed?.slot}`;
    this.servers.set(name, { name, address, port: 3000, state, weight: 100, sessions: 0, drainedAt: null });
  }

  #crash(replica: SimReplica): void {
    replica.status = 'exited';
    replica.exitCode = 1;
    replica.address = null;
  }

  #must(condition: boolean, what: string): void {
    if (!condition) throw new Error(`invariant broken at t=${this.t}: ${what}\n${this.steps.join('\n')}`);
  }

  #effect(step: Step): JournalEvent[] {
    switch (step.kind) {
      case 'StartReplica': {
        const existing = this.replicas.get(step.replica);
        if (existing?.status !== 'running') this.#create(step.release, step.slot, this.t);
        return [{ type: 'replica-started', replica: step.replica }];
      }
      case 'AddServer':
        if (!this.servers.has(step.replica)) this.#addServer(step.replica, 'maintenance');
        return [];
      case 'AwaitHealthy': {
        this.pass(100);
        const booted = step.replicas.filter(({ replica }) => {
          const known = this.replicas.get(replica);
          return known?.status === 'running' && this.#booted(known);
        });
        return booted.map(({ replica }) => ({ type: 'replica-healthy', replica }));
      }
      case 'Smoke':
        return this.behaviour.failsSmoke
          ? [{ type: 'replica-failed', replica: step.replica, detail: 'failed its smoke request' }]
          : [{ type: 'replica-smoked', replica: step.replica }];
      case 'Attach':
        return this.#attach(step.replica, step.weight);
      case 'SetShare':
        for (const [name, weight] of Object.entries(step.weights)) {
          const server = this.servers.get(name);
          if (server) server.weight = weight;
        }
        return [];
      case 'Drain': {
        const server = this.servers.get(step.replica);
        if (server) Object.assign(server, { state: 'drain', drainedAt: server.drainedAt ?? this.t });
        return [];
      }
      case 'RemoveServer':
        return this.#removeServer(step.replica);
      case 'StopReplica': {
        this.#must(!this.servers.has(step.replica), `${step.replica} stopped while the router knows it`);
        const replica = this.replicas.get(step.replica);
        if (replica) Object.assign(replica, { status: 'exited', address: null });
        return [];
      }
      case 'RemoveReplica':
        this.#must(
          this.replicas.get(step.replica)?.status !== 'running',
          `${step.replica} removed while running`,
        );
        this.replicas.delete(step.replica);
        return [];
      default:
        return this.#decide(step);
    }
  }

  #decide(step: Step): JournalEvent[] {
    switch (step.kind) {
      case 'Analyse': {
        const nc = 10;
        const ec = Math.round(nc * this.behaviour.failShare);
        this.pass(20);
        const eb = Math.round(20 * this.behaviour.baselineFailShare);
        const measures = { u: 1, v: 1, d: 1 };
        return [{ type: 'tick', nc, ec, nb: 20, eb, source: 'router', counters: {}, measures }];
      }
      case 'Hold':
        return [{ type: 'state', state: 'held', reason: step.reason, cause: step.cause }];
      case 'Resume':
        return [
          { type: 'state', state: 'canary' },
          ...(step.anew ? [{ type: 'observation-began' } as const] : []),
        ];
      case 'Freeze':
        this.frozen ??= step.reason;
        return [{ type: 'state', state: 'frozen', reason: step.reason }];
      case 'Thaw':
        return [{ type: 'state', state: step.state }, { type: 'observation-began' }];
      case 'Promote': {
        const { reason, evidence, promotes } = step;
        return [{ type: 'promoted', reason, evidence, promotes }];
      }
      case 'Watch':
        return [{ type: 'state', state: 'watching' }];
      case 'RollBack':
        return [
          { type: 'rollback-began', outcome: step.outcome, reason: step.reason, evidence: step.evidence },
        ];
      case 'GiveUp':
        return [{ type: 'replica-failed', replica: step.replica, detail: step.detail }];
      case 'Finish':
        return [{ type: 'finished', outcome: step.outcome, reason: step.reason }];
      default:
        this.pass(100);
        return [];
    }
  }

  #attach(name: string, weight: number): JournalEvent[] {
    const replica = this.replicas.get(name);
    const server = this.servers.get(name);
    if (this.spec.worker) {
      this.#must(replica !== undefined && this.#booted(replica), `${name} is at work and was not healthy`);
      return [{ type: 'replica-attached', replica: name }];
    }
    if (!server) throw new Error(`router refused: no server ${name}`);
    const alive = replica?.status === 'running';
    this.#must(!alive || this.#booted(replica), `${name} got traffic before it was healthy`);
    Object.assign(server, { state: 'ready', weight, drainedAt: null });
    return [{ type: 'replica-attached', replica: name }];
  }

  #removeServer(name: string): JournalEvent[] {
    const server = this.servers.get(name);
    if (!server) return [];
    const drained = server.drainedAt !== null && this.#sessions(server) === 0;
    const timedOut = server.drainedAt !== null && this.t - server.drainedAt >= this.spec.drainTimeoutMs;
    const replica = this.replicas.get(name);
    const dead = replica?.status !== 'running' || replica.address !== server.address;
    this.#must(
      drained || timedOut || dead || server.state === 'maintenance',
      `${name} left the router with open requests`,
    );
    this.servers.delete(name);
    return [];
  }
}
