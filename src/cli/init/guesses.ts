import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isMap, isScalar, parseDocument } from 'yaml';
import { longestYamlBytes } from '../../config/yaml-text.ts';
import { type Answers, questions } from './answers.ts';

const run = promisify(execFile);
const composeNames = ['docker-compose.yml', 'docker-compose.yaml', 'compose.yaml', 'compose.yml'];

export interface Guesses {
  answers: Partial<Answers>;
  /** The Compose file of the current folder and its text; null when there is none. */
  compose: { path: string; text: string } | null;
}

/** What the current folder tells: where it was cloned from, and what its Compose file says. */
export async function guessesOf(service: string | undefined): Promise<Guesses> {
  const repo = await remote();
  const compose = await composeFile();
  const inFile = compose === null ? {} : composeGuesses(compose.text, service);
  const app = repo
    ?.split(/[/:]/)
    .at(-1)
    ?.replace(/\.git$/, '')
    .toLowerCase();
  const known = app !== undefined && questions.app.problem(app) === undefined ? { app } : {};
  return { answers: { ...(repo !== undefined && { repo }), ...known, ...inFile }, compose };
}

/** Only an address that siskin.yaml takes: one with a password in it is never shown. */
async function remote(): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', ['remote', 'get-url', 'origin'], { timeout: 5_000 });
    const address = stdout.trim();
    return questions.repo.problem(address) === undefined ? address : undefined;
  } catch {
    return undefined;
  }
}

async function composeFile(): Promise<Guesses['compose']> {
  for (const path of composeNames) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text !== null && text.length <= longestYamlBytes) return { path, text };
  }
  return null;
}

function composeGuesses(text: string, named: string | undefined): Partial<Answers> {
  const document = parseDocument(text);
  const services = document.errors.length > 0 ? null : document.get('services');
  if (!isMap(services)) return {};
  const built = services.items.find(({ value }) => isMap(value) && value.has('build'));
  const first = built ?? services.items[0];
  const service = named ?? (isScalar(first?.key) ? String(first.key.value) : undefined);
  if (service === undefined) return {};
  const port = portIn(
    document.getIn(['services', service, 'expose', 0]) ?? document.getIn(['services', service, 'ports', 0]),
  );
  return { service, ...(port !== undefined && { port }) };
}

/** `3000`, `"8080:3000"`, `127.0.0.1:8080:3000/tcp` */
const portIn = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number'
    ? /(\d{1,5})(\/tcp)?$/.exec(String(value))?.[1]
    : undefined;
