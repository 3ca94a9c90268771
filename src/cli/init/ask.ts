import { confirm, intro, isCancel, text } from '@clack/prompts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { neutral } from '../terminal/output.ts';
import { type Answers, type Question, questions } from './answers.ts';

/** Asks what is not known yet, each with what was guessed. @throws SiskinError INIT_CANCELLED */
export async function askFor(given: Partial<Answers>, guesses: Partial<Answers>): Promise<Partial<Answers>> {
  intro('siskin init: siskin.yaml for this machine, x-siskin for the Compose file');
  const answers: Partial<Answers> = { ...given };
  for (const name of Object.keys(questions) as Question[]) {
    if (answers[name] !== undefined) continue;
    if (name === 'testHost' && !answers.testBranch) answers.testHost = '';
    else answers[name] = await askOne(name, guessFor(name, answers, guesses));
  }
  return answers;
}

/** Some follow from what was answered before. */
function guessFor(name: Question, answers: Partial<Answers>, guesses: Partial<Answers>): string {
  if (name === 'app') return guesses.app ?? '';
  if (name === 'testHost') return `test.${answers.host ?? ''}`;
  return guesses[name] ?? '';
}

async function askOne(name: Question, guess: string): Promise<string> {
  const answer = await text({
    message: questions[name].message,
    initialValue: neutral(guess),
    validate: (value) => questions[name].problem((value ?? '').trim()),
  });
  if (isCancel(answer)) throw cancelled();
  return answer.trim();
}

/** @throws SiskinError INIT_CANCELLED at Ctrl-C */
export async function isWanted(question: string): Promise<boolean> {
  const answer = await confirm({ message: question, initialValue: false });
  if (isCancel(answer)) throw cancelled();
  return answer;
}

const cancelled = (): SiskinError => new SiskinError('INIT_CANCELLED', 'Nothing was written.');
