import { expect, it } from 'vitest';
import { isExposed, modeText } from '../../src/domain/file-mode.ts';

it.each([
  [0o600, false, false],
  [0o400, false, false],
  [0o100600, false, false],
  [0o640, true, false],
  [0o440, true, false],
  [0o660, true, true],
  [0o604, true, true],
  [0o602, true, true],
  [0o601, true, true],
])('a secret with mode %o: exposed beyond its owner %s, beyond its group %s', (mode, owner, group) => {
  expect([isExposed(mode, 'owner'), isExposed(mode, 'group')]).toEqual([owner, group]);
});

it('is told as chmod takes it', () => {
  expect([modeText(0o100640), modeText(0o040)]).toEqual(['640', '040']);
});
