import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveMask, mask } from '../../../src/observability/mask.ts';

describe('mask', () => {
  it('threat 24: finds a secret in base64 with anything before and after it', () => {
    const secret = 'planted/secret+1';
    const masked = mask([secret]);
    for (const before of ['', 'a', 'ab', 'abc', 'user:'])
      for (const after of ['', 'z', 'zy', 'zyx']) {
        const text = Buffer.from(`${before}${secret}${after}`).toString('base64');
        expect(Buffer.from(masked(`[${text}]`), 'base64').toString('latin1'), text).not.toContain('secret');
        expect(masked(`[${text}]`), text).toContain('***');
      }
  });

  it('masks each line of a value of several lines, and hexadecimal', () => {
    const pem = '-----BEGIN X-----\nMIIplantedAAAA\n  indented-planted\n-----END X-----\n';
    expect(mask([pem])('#5 MIIplantedAAAA')).toBe('#5 ***');
    expect(mask([pem])('indented-planted')).toBe('***');
    expect(mask([pem])(`x${Buffer.from('MIIplantedAAAA').toString('hex')}`)).toBe('x***');
  });

  it('leaves no secret in any text, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 4 }), { maxLength: 4 }),
        fc.string(),
        fc.string(),
        (secrets, a, b) => {
          const masked = mask(secrets)(`${a}${secrets.join(' ')}${b}`);
          for (const secret of secrets)
            if (!'******'.includes(secret)) expect(masked.replaceAll('***', '\0')).not.toContain(secret);
        },
      ),
    );
  });
});

describe('a live mask', () => {
  it('learns, forgets nothing, and keeps JSON what it is', () => {
    const live = new LiveMask(['first-secret']);
    live.learn(['second"secret', '4711', 'true']);
    expect(live.text('first-secret second"secret')).toBe('*** ***');
    const line = JSON.stringify({ ok: true, port: 4711, text: 'a second"secret', list: ['x4711'], n: 12 });
    expect(JSON.parse(live.json(`${line}\n`))).toEqual({
      ok: true,
      port: '***',
      text: 'a ***',
      list: ['x***'],
      n: 12,
    });
    expect(live.json('{"a":1}\n')).toBe('{"a":1}\n');
  });
});
