import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeploymentState,
  deploymentStates,
  endStates,
  isEndState,
} from '../../src/domain/deployment.ts';
import { canTransition, statesBefore, transition, transitions } from '../../src/domain/release-state.ts';

describe('release-state', () => {
  it('allows the life of a deployment that goes well, one that waits, and one that is undone', () => {
    const lives: DeploymentState[][] = [
      ['queued', 'fetching', 'building', 'preparing', 'canary', 'rolling', 'watching', 'succeeded'],
      [
        'queued',
        'fetching',
        'building',
        'preparing',
        'canary',
        'held',
        'canary',
        'rolling',
        'watching',
        'rolled_back',
      ],
      ['queued', 'fetching', 'succeeded'],
      ['queued', 'fetching', 'building', 'fetching', 'building', 'failed'],
      ['queued', 'superseded'],
      ['queued', 'fetching', 'building', 'preparing', 'canary', 'frozen', 'cancelled'],
    ];
    for (const life of lives) {
      for (const [at, state] of life.slice(1).entries())
        expect(transition(life[at] ?? 'queued', state)).toBe(state);
    }
  });

  it('refuses to go back behind traffic that moved, and to succeed without having run', () => {
    expect(canTransition('rolling', 'canary')).toBe(false);
    expect(canTransition('rolling', 'fetching')).toBe(false);
    expect(canTransition('watching', 'rolling')).toBe(false);
    expect(transition('queued', 'succeeded')).toBeNull();
  });

  it('an end is final', () => {
    for (const end of endStates) {
      expect(transitions[end]).toEqual([]);
      for (const to of deploymentStates) expect(canTransition(end, to)).toBe(to === end);
    }
  });

  it('every state can reach an end, whatever was chosen before', () => {
    const reaching = (state: DeploymentState, seen: DeploymentState[]): boolean =>
      isEndState(state) ||
      transitions[state].some((next) => !seen.includes(next) && reaching(next, [...seen, next]));
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (choices) => {
        let state: DeploymentState = 'queued';
        for (const choice of choices)
          state = transitions[state][choice % (transitions[state].length || 1)] ?? state;
        expect(reaching(state, [state])).toBe(true);
      }),
    );
  });

  it('statesBefore is the table read backwards, without ends', () => {
    for (const to of deploymentStates) {
      for (const from of deploymentStates) {
        expect(statesBefore(to).includes(from)).toBe(!isEndState(from) && canTransition(from, to));
      }
    }
  });
});
