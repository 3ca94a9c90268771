import { describe, expect, it } from 'vitest';
import { journalSentence } from '../../../src/cli/view/journal-line.ts';

describe('a journal entry as a line', () => {
  it.each([
    [{ type: 'state', state: 'frozen', reason: 'frozen by ana: sale' }, 'frozen: frozen by ana: sale'],
    [{ type: 'state', state: 'held', cause: 'baseline' }, 'held: the old release fails too'],
    [{ type: 'state', state: 'held', cause: 'no-metrics' }, 'held: there are no metrics'],
    [{ type: 'state', state: 'held', cause: 'no-metrics', reason: 'why' }, 'held: why'],
    [{ type: 'state', state: 'held', cause: '__proto__' }, 'held'],
    [{ type: 'observation-began' }, 'counting begins anew: what was counted before does not count'],
    [
      { type: 'condition', name: 'p95', outcome: 'violated', value: 0.8, detail: '0.8, above its max 0.5' },
      'p95: violated: 0.8, above its max 0.5',
    ],
    [{ type: 'condition', name: 'p95', outcome: 'no-evidence', detail: 'NaN' }, 'p95: no evidence: NaN'],
    [{ type: 'from-the-future' }, 'from-the-future'],
  ])('%o', (event, sentence) => expect(journalSentence(event)).toBe(sentence));

  it('threat 23: is neutral', () => {
    const hostile = { type: 'condition', name: '\u001b[2J', outcome: '\u009b', detail: '\u202e' };
    expect(journalSentence(hostile)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
