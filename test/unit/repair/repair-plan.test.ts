import { describe, expect, it } from 'vitest';
import type { GlancedReplica, ObservedServer } from '../../../src/domain/observation.ts';
import { noteObservation, noteStep, type RepairNotes } from '../../../src/domain/repair/repair-notes.ts';
import { repairStep } from '../../../src/domain/repair/repair-plan.ts';
import type { RepairStep } from '../../../src/domain/repair/repair-step.ts';
import { currentRelease, replica, server } from '../../support/repair-world.ts';
import { rolloutSpec } from '../../support/specs.ts';

const spec = rolloutSpec({ replicas: 2 });
const both = [replica('r2-1'), replica('r2-2')];
const servers = [server('r2-1'), server('r2-2')];
const none: RepairNotes = new Map();

interface Look {
  replicas?: GlancedReplica[];
  servers?: ObservedServer[];
  strays?: string[];
  notes?: RepairNotes;
  t?: number;
}

function look(seen: Look): { step: RepairStep | undefined; notes: RepairNotes } {
  const observed = { replicas: both, servers, strays: [], ...seen };
  const t = seen.t ?? 100_000;
  const notes = noteObservation(seen.notes ?? none, observed, t);
  return { step: repairStep({ release: currentRelease, spec, observed, notes, t }), notes };
}

const healthyAt = (name: string, address: string): RepairNotes =>
  noteStep(none, { kind: 'AwaitHealthy', replicas: [] }, { healthy: [{ replica: name, address }] }, 0);

const exited = replica('r2-2', { status: 'exited', address: null });
const unserved = { servers: [server('r2-1')] };

describe('one look, one step', () => {
  it.each<[string, Look, RepairStep | undefined]>([
    ['all is as it should be', {}, undefined],
    [
      'a dead replica gets no more requests at once',
      { replicas: [replica('r2-1'), exited] },
      { kind: 'Drain', replica: 'r2-2' },
    ],
    [
      'a stopped one is started',
      { replicas: [replica('r2-1'), exited], ...unserved },
      { kind: 'StartReplica', replica: 'r2-2', release: 2, slot: 2 },
    ],
    [
      'a removed one is made anew',
      { replicas: [replica('r2-1')], ...unserved },
      { kind: 'StartReplica', replica: 'r2-2', release: 2, slot: 2 },
    ],
    [
      'one that the engine restarts is left to it',
      { replicas: [replica('r2-1'), replica('r2-2', { status: 'restarting', address: null })], ...unserved },
      { kind: 'Rest', ms: 60_000 },
    ],
    [
      'one that runs has to be healthy first',
      unserved,
      { kind: 'AwaitHealthy', replicas: [{ replica: 'r2-2', address: '10.0.2.2' }] },
    ],
    [
      'then the router knows it',
      { ...unserved, notes: healthyAt('r2-2', '10.0.2.2') },
      { kind: 'AddServer', replica: 'r2-2', address: '10.0.2.2' },
    ],
    [
      'health at another address counts for nothing',
      { ...unserved, notes: healthyAt('r2-2', '10.0.2.9') },
      { kind: 'AwaitHealthy', replicas: [{ replica: 'r2-2', address: '10.0.2.2' }] },
    ],
    [
      'a healthy one in drain is attached',
      { servers: [server('r2-1'), server('r2-2', { state: 'drain' })], notes: healthyAt('r2-2', '10.0.2.2') },
      { kind: 'Attach', replica: 'r2-2', weight: 100 },
    ],
    [
      'a share left over is made equal',
      { servers: [server('r2-1', { weight: 25 }), server('r2-2')] },
      { kind: 'Attach', replica: 'r2-1', weight: 100 },
    ],
    [
      'a server that leads to nobody of ours gets no more requests',
      { servers: [server('r2-1'), server('r2-2', { address: '10.0.7.7' })] },
      { kind: 'Drain', replica: 'r2-2' },
    ],
    [
      'a server at the wrong port too',
      { servers: [server('r2-1'), server('r2-2', { port: 81 })] },
      { kind: 'Drain', replica: 'r2-2' },
    ],
    [
      'two that have exchanged their addresses serve on until they are healthy',
      { replicas: [replica('r2-1', { address: '10.0.2.2' }), replica('r2-2', { address: '10.0.2.1' })] },
      {
        kind: 'AwaitHealthy',
        replicas: [
          { replica: 'r2-1', address: '10.0.2.2' },
          { replica: 'r2-2', address: '10.0.2.1' },
        ],
      },
    ],
    [
      'a healthy one at a new address has its server moved',
      {
        replicas: [replica('r2-1', { address: '10.0.2.8' }), replica('r2-2')],
        servers: [server('r2-1', { state: 'drain' }), server('r2-2')],
        notes: healthyAt('r2-1', '10.0.2.8'),
      },
      { kind: 'MoveServer', replica: 'r2-1', address: '10.0.2.8' },
    ],
    [
      'an old replica with requests is drained',
      { replicas: [...both, replica('r1-1')], servers: [...servers, server('r1-1')] },
      { kind: 'Drain', replica: 'r1-1' },
    ],
    [
      'and removed when it is stopped',
      { replicas: [...both, replica('r1-1', { status: 'exited', address: null })] },
      { kind: 'RemoveReplica', replica: 'r1-1' },
    ],
    [
      'a slot beyond the number is stopped',
      { replicas: [...both, replica('r2-3')] },
      { kind: 'StopReplica', replica: 'r2-3' },
    ],
    ['a stray leaves', { strays: ['a-copy'] }, { kind: 'RemoveStray', container: 'a-copy' }],
    [
      "a server that nobody's container is behind leaves",
      { servers: [...servers, server('r1-1', { state: 'drain' })] },
      { kind: 'RemoveServer', replica: 'r1-1' },
    ],
    [
      'with its requests under way it stays a while',
      { servers: [...servers, server('r1-1', { state: 'drain', sessions: 2 })] },
      { kind: 'Wait' },
    ],
  ])('%s', (_what, seen, step) => {
    expect(look(seen).step).toEqual(step);
  });

  it('nothing of another release leaves while none of the release serves', () => {
    const old = { replicas: [replica('r1-1')], servers: [server('r1-1')], strays: ['a-copy'] };
    expect(look(old).step).toMatchObject({ kind: 'StartReplica', replica: 'r2-1' });
    const bothRest = ['r2-1', 'r2-2'].reduce<RepairNotes>(
      (notes, name) =>
        noteStep(notes, { kind: 'StartReplica', replica: name, release: 2, slot: 1 }, {}, 99_900),
      none,
    );
    expect(look({ ...old, notes: bothRest }).step).toEqual({ kind: 'Rest', ms: 900 });
  });

  it('what gets requests stays while a replica of the release is still coming', () => {
    const seen = { replicas: [...both, replica('r1-1')], servers: [server('r2-1'), server('r1-1')] };
    expect(look(seen).step).toMatchObject({ kind: 'AwaitHealthy' });
  });

  it('the only server keeps its requests for 3 s after its replica died, for the engine may restart it', () => {
    const replicas = [replica('r2-1', { status: 'restarting', address: null }), exited];
    const seen = { replicas, servers: [server('r2-1')] };
    const starts = noteStep(
      none,
      { kind: 'StartReplica', replica: 'r2-2', release: 2, slot: 2 },
      {},
      100_000,
    );
    const first = look({ ...seen, notes: starts });
    expect(first.step).toEqual({ kind: 'Wait' });
    expect(look({ ...seen, notes: first.notes, t: 103_000 }).step).toEqual({
      kind: 'Drain',
      replica: 'r2-1',
    });
  });

  it('starts again after 1 s, 2 s, 4 s … at most 60 s; at once when it has run 10 s', () => {
    const down = { replicas: [replica('r2-1'), exited], ...unserved };
    let { notes } = look(down);
    let t = 100_000;
    const pauses = Array.from({ length: 8 }, () => {
      notes = noteStep(notes, { kind: 'StartReplica', replica: 'r2-2', release: 2, slot: 2 }, {}, t);
      const seen = look({ ...down, notes, t });
      const ms = seen.step?.kind === 'Rest' ? seen.step.ms : 0;
      t += ms;
      return ms;
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    notes = noteStep(notes, { kind: 'StartReplica', replica: 'r2-2', release: 2, slot: 2 }, {}, t);
    ({ notes } = look({ notes, t }));
    expect(look({ ...down, notes, t: t + 10_001 }).step).toMatchObject({ kind: 'StartReplica' });
  });

  it('a container that the engine does not start is made anew', () => {
    const step = { kind: 'StartReplica', replica: 'r2-2', release: 2, slot: 2 } as const;
    const notes = noteStep(none, step, { refused: true }, 100_000);
    const seen = { replicas: [replica('r2-1'), exited], ...unserved, notes };
    expect(look(seen).step).toEqual({ kind: 'RemoveReplica', replica: 'r2-2' });
  });

  it('one that does not become healthy in its start period is stopped, once', () => {
    const first = look({ ...unserved });
    const late = { ...unserved, t: 100_000 + spec.health.startPeriodMs + 1 };
    const stop = look({ ...late, notes: first.notes });
    expect(stop.step).toEqual({ kind: 'StopReplica', replica: 'r2-2' });
    const notes = noteStep(stop.notes, { kind: 'StopReplica', replica: 'r2-2' }, {}, late.t);
    expect(look({ ...late, notes }).step).toEqual({ kind: 'Wait' });
  });
});
