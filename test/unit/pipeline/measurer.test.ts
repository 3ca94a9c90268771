import { describe, expect, it } from 'vitest';
import type { CounterReading } from '../../../src/domain/observation.ts';
import type { Clock, Router } from '../../../src/pipeline/ports.ts';
import { Measurer } from '../../../src/pipeline/steps/measurer.ts';

const reading = (source: CounterReading['source'], requests: number): CounterReading => ({
  source,
  servers: { 'r1-1': { requests, errors: 0 } },
});

/** A measurer whose Prometheus, router and clock do as they are told. */
function rig() {
  let now = 0;
  const answers: { prometheus: CounterReading | Error; router: CounterReading | Error } = {
    prometheus: reading('prometheus', 0),
    router: reading('router', 0),
  };
  let askedPrometheus = 0;
  const answer = (value: CounterReading | Error) =>
    value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
  const clock: Clock = { monotonicMs: () => now, now: () => new Date(0), sleep: async () => undefined };
  const metrics = {
    evaluate: async () => ({ kind: 'no-evidence' as const, detail: 'not asked here' }),
    counters: () => {
      askedPrometheus++;
      return answer(answers.prometheus);
    },
  };
  const router = { counters: () => answer(answers.router) } as unknown as Router;
  return {
    measurer: new Measurer(metrics, router, clock),
    answers,
    asked: () => askedPrometheus,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('Measurer', () => {
  it('asks Prometheus while it answers', async () => {
    const { measurer } = rig();
    expect(await measurer.read('b', {}, [])).toMatchObject({ source: 'prometheus' });
    expect(measurer.fallbackReason).toBeNull();
  });

  it('threat 18: asks the router when Prometheus cannot tell, and says why', async () => {
    const { measurer, answers, asked } = rig();
    answers.prometheus = new Error('Prometheus is away');
    expect(await measurer.read('b', {}, [])).toMatchObject({ source: 'router' });
    expect(measurer.fallbackReason).toBe('Prometheus is away');
    expect(await measurer.read('b', {}, [])).toMatchObject({ source: 'router' });
    expect(asked()).toBe(1);
  });

  it('believes Prometheus again only when it has caught up with what was counted', async () => {
    const { measurer, answers, pass } = rig();
    answers.prometheus = new Error('away');
    await measurer.read('b', {}, []);
    pass(10_001);
    answers.prometheus = reading('prometheus', 5);
    answers.router = reading('router', 9);
    const last = { 'r1-1': { requests: 8, errors: 0 } };
    expect(await measurer.read('b', last, [])).toMatchObject({ source: 'router' });
    answers.prometheus = reading('prometheus', 8);
    expect(await measurer.read('b', last, [])).toMatchObject({ source: 'prometheus' });
    expect(measurer.fallbackReason).toBeNull();
  });

  it('threat 18: has nothing to tell when neither answers', async () => {
    const { measurer, answers } = rig();
    answers.prometheus = new Error('Prometheus is away');
    answers.router = new Error('the router is away');
    expect(await measurer.read('b', {}, [])).toEqual({
      unavailable: 'Prometheus is away; the router is away',
    });
  });

  it('threat 18: does not believe a Prometheus that does not see what serves, and after five looks says so', async () => {
    const { measurer, answers, asked } = rig();
    answers.router = reading('router', 4);
    for (let look = 1; look <= 4; look++) {
      expect(await measurer.read('b', {}, ['r1-1', 'r1-2'])).toMatchObject({ source: 'router' });
      expect(measurer.fallbackReason).toBeNull();
    }
    expect(await measurer.read('b', {}, ['r1-1', 'r1-2'])).toMatchObject({ source: 'router' });
    expect(measurer.fallbackReason).toBe(
      'Prometheus does not see r1-2, which serves: does it scrape this router?',
    );
    await measurer.read('b', {}, ['r1-1', 'r1-2']);
    expect(asked()).toBe(5);
  });

  it('names a Prometheus that stays behind what the router has counted', async () => {
    const { measurer, answers } = rig();
    answers.prometheus = reading('prometheus', 3);
    const last = { 'r1-1': { requests: 8, errors: 0 } };
    for (let look = 1; look <= 5; look++) await measurer.read('b', last, ['r1-1']);
    expect(measurer.fallbackReason).toMatch(/has counted 3 requests of r1-1, the router 8/);
  });
});
