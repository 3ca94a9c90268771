import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCertificate, type Turn, untilReplaceable } from '../../../src/domain/front/certificates.ts';

/** Whose turn it is, as the regular expression of deploy-templates/nginx/nginx.conf.eta says it. */
const turnAt = (ms: number): Turn =>
  /:\d[0-4][+-]/.test(new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00')) ? 'a' : 'b';

describe('when a certificate may be replaced', () => {
  const turn = fc.constantFrom<Turn>('a', 'b');
  const now = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2036, 0, 1) });

  it('is never while it is read, nor within a second of that', () => {
    fc.assert(
      fc.property(turn, now, (which, ms) => {
        const at = ms + untilReplaceable(which, ms);
        for (const near of [at - 999, at, at + 999]) expect(turnAt(near)).not.toBe(which);
      }),
    );
  });

  it('is at most ten seconds away, and right when it comes', () => {
    fc.assert(
      fc.property(turn, now, (which, ms) => {
        const wait = untilReplaceable(which, ms);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThan(10_000);
        expect(untilReplaceable(which, ms + wait)).toBe(0);
      }),
    );
  });
});

describe('the certificate of a host', () => {
  const found = (name: string, expiresAt: number, ...hosts: string[]) => ({
    name,
    expiresAt,
    covers: (host: string) => hosts.includes(host),
  });

  it('is the one of its folder, even when another lasts longer', () => {
    const all = [
      found('all', 9, 'a.example.com', 'b.example.com'),
      found('a.example.com', 1, 'a.example.com'),
    ];
    expect(chooseCertificate('a.example.com', all)?.name).toBe('a.example.com');
    expect(chooseCertificate('b.example.com', all)?.name).toBe('all');
  });

  it('is none that does not cover it, whatever its folder is called', () => {
    const all = [
      found('a.example.com', 1, 'other.example.com'),
      found('x', 2, 'a.example.com'),
      found('y', 3, 'a.example.com'),
    ];
    expect(chooseCertificate('a.example.com', all)?.name).toBe('y');
    expect(chooseCertificate('c.example.com', all)).toBeUndefined();
  });
});
