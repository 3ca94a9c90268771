import { describe, expect, it } from 'vitest';
import { RefusalBudget } from '../../src/api/refusal-budget.ts';
import { auditListSchema } from '../../src/api/schemas.ts';
import { auditHeaders, auditLine, auditRow } from '../../src/cli/view/audit.ts';
import { tableLines } from '../../src/cli/view/table.ts';
import { type AuditNote, auditDetail, auditRecord, matchesAudit } from '../../src/domain/audit.ts';

const note = (change: Partial<AuditNote>): AuditNote => ({
  at: '2026-01-01T12:00:00.000Z',
  actor: { kind: 'api', name: 'ci' },
  from: '10.0.0.1',
  action: 'deploy',
  detail: {},
  ...change,
});

describe('what an entry holds', () => {
  it.each([
    ['shop/production', { environment: 'shop/production' }],
    ['shop/production d42', { environment: 'shop/production', deployment: 'd42' }],
    [
      'shop/production: sale: until six\nor so',
      { environment: 'shop/production', reason: 'sale: until six\nor so' },
    ],
    [
      'shop/production {"kind":"release","release":3}',
      { environment: 'shop/production', target: { kind: 'release', release: 3 } },
    ],
    ['{"ref":"refs/heads/release"}', { ref: 'refs/heads/release' }],
    ['ignored: other-branch', { text: 'ignored: other-branch' }],
    ['../x/y d1', { text: '../x/y d1' }],
    ['{broken', { text: '{broken' }],
    ['', { text: '' }],
  ])('the text %j is read', (text, detail) => expect(auditDetail(text)).toEqual(detail));

  it('is kept where it is an object', () => {
    expect(auditDetail({ code: 'ROLE_TOO_LOW' })).toEqual({ code: 'ROLE_TOO_LOW' });
  });

  it('names environments and deployments, those of ignored pushes too', () => {
    const detail = {
      accepted: ['shop/production'],
      ignored: ['shop/test: other-branch', '-/-: unknown-repository'],
    };
    const results = [{ app: 'shop', environment: 'production', deployment: 'd7' }];
    const record = auditRecord('1-0', note({ detail: JSON.stringify(detail) }), results);
    expect(record.environments).toEqual(['shop/production', 'shop/test']);
    expect(record.deployments).toEqual(['d7']);
    expect(auditRecord('1-0', note({ detail: 'shop/test d3' }), [])).toMatchObject({
      environments: ['shop/test'],
      deployments: ['d3'],
    });
  });
});

describe('a filter', () => {
  const record = auditRecord('1-0', note({ detail: 'shop/production d3' }), []);
  it.each([
    [{}, true],
    [{ app: 'shop' }, true],
    [{ app: 'shop', environment: 'production' }, true],
    [{ environment: 'production' }, true],
    [{ app: 'shop', environment: 'test' }, false],
    [{ app: 'production' }, false],
    [{ actor: 'ci' }, true],
    [{ actor: 'api' }, true],
    [{ actor: 'ana' }, false],
    [{ action: 'deploy' }, true],
    [{ action: 'rollback', actor: 'ci' }, false],
  ])('%j: %s', (filter, fits) => expect(matchesAudit(record, filter)).toBe(fits));

  it('by environment leaves out what is of none', () => {
    expect(matchesAudit(auditRecord('1-0', note({}), []), { app: 'shop' })).toBe(false);
  });
});

describe('refusals that are written down', () => {
  it('are few of an address and few in all, and the others are counted', () => {
    let now = 0;
    const budget = new RefusalBudget({ perAddress: 2, inAll: 3, monotonicMs: () => now });
    expect(['a', 'a', 'a', 'a', 'b', 'c'].map((one) => budget.take(one))).toEqual([
      0,
      0,
      null,
      null,
      2,
      null,
    ]);
    now = 59_999;
    expect(budget.take('a')).toBeNull();
    now = 60_000;
    expect(['a', 'd'].map((one) => budget.take(one))).toEqual([2, 0]);
  });
});

describe('siskin audit', () => {
  const entries = auditListSchema.parse({
    entries: [
      auditRecord(
        '3-0',
        note({
          action: 'refused',
          actor: { kind: 'api', name: 'viewer' },
          detail: {
            code: 'ROLE_TOO_LOW',
            method: 'POST',
            path: '/api/v1/apps/shop/environments/production/deploy',
            environment: 'shop/production',
            notWritten: 12,
          },
        }),
        [],
      ),
      auditRecord(
        '2-0',
        note({
          action: 'freeze',
          actor: { kind: 'cli', name: 'ana' },
          detail: 'shop/production: sale\u001b[2J',
        }),
        [],
      ),
      auditRecord(
        '1-0',
        note({
          action: 'push',
          actor: { kind: 'github', name: '김철수' },
          detail: JSON.stringify({
            delivery: 'g',
            repository: 'acme/shop',
            ref: 'refs/heads/release',
            after: 'a'.repeat(40),
            accepted: ['shop/production'],
            ignored: ['shop/test: other-branch'],
          }),
        }),
        [{ app: 'shop', environment: 'production', deployment: 'd7' }],
      ),
      auditRecord(
        '0-0',
        note({
          from: null,
          actor: { kind: 'siskin', name: 'reconciler' },
          detail: 'shop/production {"kind":"branch","pushedSha":null,"forced":false}',
        }),
        [],
      ),
    ],
    next: null,
  }).entries;

  it('shows who, from where and what', () => {
    const lines = tableLines(
      { color: false, columns: Number.POSITIVE_INFINITY },
      auditHeaders,
      entries.map(auditRow),
    );
    expect(lines).toEqual([
      'WHEN                 WHO                  FROM      ACTION   ENVIRONMENT                WHAT',
      '2026-01-01 12:00:00  viewer (api)         10.0.0.1  refused  shop/production            code: ROLE_TOO_LOW, method: POST, path: /api/v1/apps/shop/environments/production/deploy, notWritten: 12',
      '2026-01-01 12:00:00  ana (cli)            10.0.0.1  freeze   shop/production            reason: sale\\u001b[2J',
      '2026-01-01 12:00:00  김철수 (github)      10.0.0.1  push     shop/production shop/test  d7, ref: refs/heads/release, after: aaaaaaaa, ignored: shop/test: other-branch',
      '2026-01-01 12:00:00  reconciler (siskin)  -         deploy   shop/production            target: branch',
    ]);
  });

  it('threat 23: a line that is followed is neutral', () => {
    const lines = entries.map(auditLine);
    expect(lines[1]).toBe(
      '2026-01-01 12:00:00  ana (cli)  10.0.0.1  freeze  shop/production  reason: sale\\u001b[2J',
    );
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
