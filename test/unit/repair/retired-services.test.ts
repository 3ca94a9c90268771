import { describe, expect, it } from 'vitest';
import type { Release } from '../../../src/domain/deployment.ts';
import { serviceReleases } from '../../../src/domain/release.ts';
import { noteObservation, noteStep, type RepairNotes } from '../../../src/domain/repair/repair-notes.ts';
import { repairStep } from '../../../src/domain/repair/repair-plan.ts';
import { isRetired, unknownServices, withoutReplicas } from '../../../src/domain/repair/retired-services.ts';
import { replica, server } from '../../support/repair-world.ts';
import { rolloutSpec, serviceSpec } from '../../support/specs.ts';

const releaseOf = (number: number, graces: Record<string, number>): Release => ({
  app: 'shop',
  environment: 'production',
  release: number,
  sha: 'a'.repeat(40),
  title: 'A change',
  author: 'ana',
  specHash: 'h',
  deployment: `d${number}`,
  createdAt: '2026-11-25T10:00:00.000Z',
  servedWell: true,
  services: Object.entries(graces).map(([service, stopGraceMs]) => ({
    spec: { ...serviceSpec(rolloutSpec({ stopGraceMs })), service },
    image: `siskin/shop-production-${service}:r${number}`,
    specHash: service,
    imageId: 'sha256:1',
  })),
});
const before = releaseOf(2, { web: 1_000, jobs: 60_000 });
const serving = releaseOf(3, { web: 1_000 });

describe('services that a release has no more', () => {
  it.each<[string, string[], string[], string[]]>([
    ['of the release that serves', ['web'], [], []],
    ['that siskin.yaml names still', ['web', 'jobs'], ['web', 'jobs'], []],
    ['that neither knows', ['jobs', 'web'], ['web'], ['jobs']],
  ])('one %s', (_name, found, named, unknown) => {
    expect(unknownServices(found, serving, named)).toEqual(unknown);
  });

  it.each<[string, number | null, boolean]>([
    ['an older release', 2, true],
    ['nothing but other names', null, true],
    ['the release that serves, whose record was written anew', 3, false],
  ])('with containers of %s', (_name, newest, retired) => {
    expect(isRetired(newest, serving)).toBe(retired);
  });

  it('are to have no replicas, and keep the graces of the last release that had them', () => {
    const [jobs] = withoutReplicas(serving, before, 'jobs');
    expect(jobs).toMatchObject({
      release: 3,
      spec: { service: 'jobs', rollout: { replicas: 0, stopGraceMs: 60_000 } },
    });
    const [unknown] = withoutReplicas(serving, null, 'jobs');
    expect(unknown).toMatchObject({
      spec: { service: 'jobs', rollout: { replicas: 0, stopGraceMs: 1_000 } },
    });
    expect(serviceReleases(before).map(({ spec }) => spec.service)).toEqual(['web', 'jobs']);
  });

  it('are drained, then stopped, then removed, though nothing takes their place', () => {
    const spec = { ...rolloutSpec(), replicas: 0 };
    const steps: string[] = [];
    let replicas = [replica('r2-1')];
    let servers = [server('r2-1')];
    let notes: RepairNotes = new Map();
    for (let t = 0; ; t += 100) {
      const observed = { replicas, servers, strays: [] };
      notes = noteObservation(notes, observed, t);
      const step = repairStep({ release: 3, spec, observed, notes, t });
      if (step === undefined) break;
      steps.push(step.kind);
      notes = noteStep(notes, step, {}, t);
      if (step.kind === 'Drain') servers = [server('r2-1', { state: 'drain', sessions: 0 })];
      if (step.kind === 'RemoveServer') servers = [];
      if (step.kind === 'StopReplica') replicas = [replica('r2-1', { status: 'exited', address: null })];
      if (step.kind === 'RemoveReplica') replicas = [];
      expect(steps.length).toBeLessThan(10);
    }
    expect(steps).toEqual(['Drain', 'RemoveServer', 'StopReplica', 'RemoveReplica']);
  });
});
