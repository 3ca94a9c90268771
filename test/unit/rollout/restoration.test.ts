import { expect, it } from 'vitest';
import { keptImages } from '../../../src/adapters/docker/kept-images.ts';
import type { ObservedReplica, ObservedServer } from '../../../src/domain/observation.ts';
import { servingRelease } from '../../../src/domain/restoration.ts';

const replica = (name: string, status: ObservedReplica['status'] = 'running'): ObservedReplica => ({
  name,
  release: Number(/^r(\d+)/.exec(name)?.[1]),
  slot: 1,
  status,
  address: '10.0.0.1',
  exitCode: 0,
  oomKilled: false,
  restarts: 0,
  containerHealth: 'none',
});
const server = (name: string, state: ObservedServer['state'] = 'ready'): ObservedServer => ({
  name,
  address: '10.0.0.1',
  port: 3000,
  state,
  weight: 100,
  sessions: 0,
});

it.each<[string, ObservedReplica[], ObservedServer[], number | null]>([
  ['nothing', [], [], null],
  ['the release whose replicas take requests', [replica('r3-1'), replica('r4-1')], [server('r3-1')], 3],
  [
    'the one with the most of them, in mid-canary',
    [replica('r3-1'), replica('r3-2'), replica('r4-1')],
    [server('r3-1'), server('r3-2'), server('r4-1')],
    3,
  ],
  [
    'not one that has drained',
    [replica('r3-1'), replica('r4-1')],
    [server('r3-1', 'drain'), server('r4-1')],
    4,
  ],
  ['not a dead one', [replica('r3-1', 'exited'), replica('r4-1')], [server('r3-1')], 4],
  ['what runs, where the router knows nothing', [replica('r5-1'), replica('r5-2'), replica('r6-1')], [], 5],
])('to go by containers and router alone, what serves is %s', (_what, replicas, servers, release) => {
  expect(servingRelease({ replicas, servers })).toBe(release);
});

it("reads releases out of images' labels, and leaves out what Siskin did not label", () => {
  const labels = {
    'siskin.service': 'web',
    'siskin.release': 'r12',
    'siskin.sha': 'a'.repeat(40),
    'siskin.deployment': 'd3',
  };
  const images = [
    { Id: 'sha256:12', Labels: labels },
    { Id: 'sha256:2', Labels: { ...labels, 'siskin.release': 'r2' } },
    { Id: 'sha256:x', Labels: { ...labels, 'siskin.sha': '--upload-pack=evil' } },
    { Id: 'sha256:y', Labels: null },
  ];
  expect(keptImages(images)).toEqual([
    { release: 2, service: 'web', sha: 'a'.repeat(40), deployment: 'd3', imageId: 'sha256:2' },
    { release: 12, service: 'web', sha: 'a'.repeat(40), deployment: 'd3', imageId: 'sha256:12' },
  ]);
});
