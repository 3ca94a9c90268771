import type { RestoreNote } from '../../domain/backup/restore-notes.ts';

/** A sentence about a restore that broke off, and what to do. */
export const unfinishedWords = ({ id, targets }: RestoreNote): string =>
  `The restore of ${id} into ${targets.join(', ')} did not end well, or goes on: what is there may be half old and half restored. Leave the apps stopped and run the same restore again.`;
