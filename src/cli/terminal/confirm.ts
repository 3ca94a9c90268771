import { confirm, isCancel } from '@clack/prompts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Io } from './io.ts';

/**
 * Asks before something is changed.
 * @param yes what --yes says
 * @throws SiskinError NOT_CONFIRMED; CONFIRMATION_NEEDED where nobody can answer
 */
export async function askFirst(io: Io, question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  if (io.input?.isTTY !== true)
    throw new SiskinError('CONFIRMATION_NEEDED', `nobody is there to answer: ${question}`);
  const answer = await confirm({ message: question, initialValue: false });
  if (isCancel(answer) || !answer) throw new SiskinError('NOT_CONFIRMED', 'nothing was changed');
}
