import { intro, isCancel, select, text } from '@clack/prompts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { exampleNames, exampleTraits } from '../../domain/host/answers.ts';
import { standardAnswers } from './answers.ts';
import { type HostQuestion, hostQuestions, type RawAnswers } from './questions.ts';

/** Asks what the options leave open and the example needs. @throws SiskinError INIT_CANCELLED */
export async function askForHost(given: Partial<RawAnswers>): Promise<Partial<RawAnswers>> {
  intro('siskin init host: a folder with everything around your apps');
  const example = exampleNames.find((name) => name === given.example) ?? (await askExample());
  const answers: Partial<RawAnswers> = { ...given, example };
  for (const name of Object.keys(hostQuestions) as HostQuestion[]) {
    const { asked, needed } = hostQuestions[name];
    if (name !== 'example' && asked && needed(example) && answers[name] === undefined)
      Object.assign(answers, { [name]: await askOne(name) });
  }
  return answers;
}

async function askExample(): Promise<(typeof exampleNames)[number]> {
  const options = exampleNames.map((value) => ({ value, label: value, hint: exampleTraits[value].about }));
  const answer = await select({ message: hostQuestions.example.message, options });
  if (isCancel(answer)) throw cancelled();
  return answer;
}

async function askOne(name: HostQuestion): Promise<string | string[]> {
  const { message, list, problem } = hostQuestions[name];
  const standard = standardAnswers[name];
  const answer = await text({
    message: list ? `${message}, with spaces between them` : message,
    initialValue: typeof standard === 'string' ? standard : '',
    validate: (value) => firstProblem(wordsOf(value ?? '', list), problem),
  });
  if (isCancel(answer)) throw cancelled();
  return list ? wordsOf(answer, list) : answer.trim();
}

const wordsOf = (typed: string, list: true | undefined): string[] =>
  list ? typed.split(/[\s,]+/).filter(Boolean) : [typed.trim()];

function firstProblem(words: string[], problem: (word: string) => string | undefined): string | undefined {
  if (words.length === 0) return 'At least one is needed.';
  return words.map(problem).find((one) => one !== undefined);
}

const cancelled = (): SiskinError => new SiskinError('INIT_CANCELLED', 'Nothing was written.');
