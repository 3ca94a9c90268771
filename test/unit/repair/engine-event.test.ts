import { describe, expect, it } from 'vitest';
import { parseEngineEvent } from '../../../src/adapters/docker/engine-events.ts';

const event = (Type: string, Attributes: Record<string, unknown>) =>
  JSON.stringify({ Type, Action: 'die', Actor: { ID: 'x', Attributes } });
const ours = { 'siskin.app': 'shop', 'siskin.environment': 'production' };

describe('parseEngineEvent', () => {
  it('tells the environment of a container of ours', () => {
    expect(parseEngineEvent(event('container', { ...ours, name: 'x' }))).toEqual({
      app: 'shop',
      environment: 'production',
    });
  });

  it('tells which container joined or left a network', () => {
    const container = 'ab'.repeat(32);
    expect(parseEngineEvent(event('network', { container, name: 'n' }))).toEqual({ container });
  });

  it.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ["somebody's container", event('container', { name: 'db' })],
    ['a name that is none (threat 20)', event('container', { ...ours, 'siskin.app': '../../x' })],
    ['an id that is none', event('network', { container: 'x; rm' })],
    ['an attribute that is no text', event('container', { ...ours, extra: 1 })],
    ['another kind', event('image', ours)],
  ])('%s is nothing', (_what, line) => {
    expect(parseEngineEvent(line)).toBeNull();
  });
});
