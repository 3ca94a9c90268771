import { describe, expect, it } from 'vitest';
import { otherSide, planSwitch, whereabouts } from '../../../src/domain/dns/switch-plan.ts';
import { failbackChecks, failoverChecks, type StandbyFacts } from '../../../src/domain/standby/checks.ts';

const target = { name: 'a.example.com', primary: 'p.example.net', standby: 's.example.net' };
const record = (content: string, type = 'CNAME', name = target.name) => ({
  id: `${type}-${content}`,
  name,
  type,
  content,
  proxied: false,
  ttl: 1,
});

describe('where a name leads', () => {
  it.each([
    ['primary', [record('P.example.net.')]],
    ['standby', [record('s.example.net'), record('v=spf1', 'TXT')]],
    ['other', [record('x.example.net')]],
    ['missing', [record('p.example.net', 'CNAME', 'b.example.com')]],
    ['unfit', [record('192.0.2.1', 'A'), record('2001:db8::1', 'AAAA')]],
  ])('%s', (at, records) => expect(whereabouts(target, records).at).toBe(at));

  it('is changed only where it has to be', () => {
    expect(planSwitch([target], [record('s.example.net')], 'standby')).toMatchObject({
      changes: [],
      already: [target.name],
    });
    const { changes } = planSwitch([target], [record('x.example.net')], 'standby');
    expect(changes).toMatchObject([{ content: 's.example.net', from: 'other' }]);
    expect(otherSide([target], [record('x.example.net')])).toBeNull();
  });
});

describe('whether traffic may be moved', () => {
  const now = new Date('2026-11-25T12:00:00Z');
  const hour = 3_600_000;
  const gone: StandbyFacts = {
    probes: [{ address: 'tcp://p.example.net:22', answers: false }],
    containers: [{ name: 'db', state: 'running', healthy: true }],
    lastSync: new Date(now.getTime() - 9 * hour),
    serving: false,
  };
  const why = (facts: Partial<StandbyFacts>) =>
    failoverChecks({ ...gone, ...facts }, 36 * hour, now)
      .filter(({ ok }) => !ok)
      .map(({ text }) => text)
      .join();
  it.each([
    [{}, /^$/],
    [{ probes: [] }, /nobody can tell/],
    [{ probes: [...gone.probes, { address: 'https://p', answers: true }] }, /still answers at https:\/\/p/],
    [{ containers: [{ name: 'db', state: 'running', healthy: false }] }, /db is running, not healthy/],
    [{ containers: [{ name: 'db', state: 'missing', healthy: null }] }, /db is missing/],
    [{ lastSync: null }, /nothing was ever synchronised/],
    [{ lastSync: new Date(now.getTime() - 37 * hour) }, /37 h 0 min ago/],
    [{ serving: true }, /serves already/],
  ])('%j', (facts, reason) => expect(why(facts)).toMatch(reason));

  it('goes back only to a primary that answers everywhere', () => {
    expect(failbackChecks({ ...gone, serving: true }).every(({ ok }) => ok)).toBe(false);
    const back = [{ address: 'tcp://p', answers: true }];
    expect(failbackChecks({ ...gone, serving: true, probes: back }).every(({ ok }) => ok)).toBe(true);
    expect(failbackChecks({ ...gone, probes: back })[0]).toMatchObject({
      ok: false,
      text: 'the standby does not serve',
    });
  });
});
