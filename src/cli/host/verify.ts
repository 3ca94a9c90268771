import { dirname, join } from 'node:path';
import { type ComposeCli, findCompose } from '../../adapters/compose/compose-cli.ts';
import { askProgram } from '../../adapters/host/ask-program.ts';
import { readBoundedFile } from '../../config/bounded-file.ts';
import type { Env } from '../../config/env.ts';
import { parseEnvFile } from '../../config/env-file.ts';
import { appsMemory, readHostConfig } from '../../config/host/read-apps.ts';
import { readPart, readRoot } from '../../config/host/read-bundle.ts';
import { parseYamlText } from '../../config/yaml-text.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { type Checker, checkerOf, type FileVerdict } from '../../domain/host/checkers.ts';
import { frontAnswer } from './front-answer.ts';
import { routerVerdict } from './router-verdict.ts';

/** A dashboard is long. */
const longestFile = 4 * 2 ** 20;

interface Look {
  folder: string;
  path: string;
  /** Absolute. */
  file: string;
  env: Env;
  compose: ComposeCli | null;
}

type Answer = Pick<FileVerdict, 'outcome' | 'by' | 'words'>;

/** Lets the right program look at each file, and HAProxy at what the router will be. @param paths relative to `folder` */
export async function verifyFiles(
  folder: string,
  paths: readonly string[],
  env: Env,
): Promise<FileVerdict[]> {
  const compose = await findCompose(env);
  const verdicts: FileVerdict[] = [];
  // One after the other: docker-compose 1.29 alone takes a processor for each file.
  for (const path of paths) {
    const checker = checkerOf(path);
    const look = { folder, path, file: join(folder, path), env, compose };
    verdicts.push({ path, ...(checker === null ? nobody : await answerOf(checker, look)) });
  }
  return paths.includes('siskin.yaml') ? [...verdicts, await routerVerdict(folder)] : verdicts;
}

const nobody: Answer = { outcome: 'unchecked', by: null, words: 'nothing checks files of this kind' };

async function answerOf(checker: Checker, look: Look): Promise<Answer> {
  try {
    return await checks[checker](look);
  } catch (error) {
    const compose = error instanceof SiskinError && error.code === 'COMPOSE_FAILED' ? look.compose : null;
    return { outcome: 'wrong', by: compose?.name ?? 'siskin', words: messageOf(error) };
  }
}

const right = (by: string): Answer => ({ outcome: 'right', by, words: null });

const program = async (look: Look, name: string, ...args: string[]): Promise<Answer> => {
  const { outcome, words } = await askProgram(name, args, look.env.PATH, dirname(look.file));
  const by = [name, ...args.filter((arg) => !arg.startsWith('/'))].join(' ');
  if (outcome === 'missing') return { outcome: 'unchecked', by, words };
  return outcome === 'ok' ? right(by) : { outcome: 'wrong', by, words };
};

const textOf = (file: string): Promise<string> => readBoundedFile(file, longestFile, 'HOST_FOLDER_MISSING');

const checks: Record<Checker, (look: Look) => Promise<Answer>> = {
  async root({ folder, compose }) {
    await readRoot(folder);
    if (!compose?.knowsInclude) return right('siskin');
    await compose.readRoot(folder);
    return right(compose.name);
  },
  async part({ folder, file, compose }) {
    const { project, includes } = await readRoot(folder);
    const included = includes.find((one) => one.file === file);
    if (included === undefined)
      return { ...nobody, words: 'the root docker-compose.yml does not include it' };
    if (compose === null)
      return { outcome: 'unchecked', by: 'docker compose config', words: 'Compose is not installed' };
    const { part } = await readPart(included);
    const profiles = [...new Set(part.services.flatMap((service) => service.profiles))];
    await compose.run({ ...part, project, profiles }, ['config', '--quiet']);
    return right(`${compose.name} config`);
  },
  async app({ folder }) {
    await appsMemory(folder, await readHostConfig(folder));
    return right('siskin');
  },
  async siskin({ folder }) {
    await readHostConfig(folder);
    return right('siskin');
  },
  async env({ file }) {
    parseEnvFile(await textOf(file), file);
    return right('siskin');
  },
  async json({ file }) {
    JSON.parse(await textOf(file));
    return right('JSON.parse');
  },
  async yaml({ file }) {
    const parsed = parseYamlText(await textOf(file));
    if (!('mistakes' in parsed)) return right('YAML');
    return { outcome: 'wrong', by: 'YAML', words: parsed.mistakes[0]?.message ?? 'is not YAML' };
  },
  prometheus: (look) => program(look, 'promtool', 'check', 'config', look.file),
  ruleTests: (look) => program(look, 'promtool', 'test', 'rules', look.file),
  rules: (look) => program(look, 'promtool', 'check', 'rules', look.file),
  alertmanager: (look) => program(look, 'amtool', 'check-config', look.file),
  haproxy: (look) => program(look, 'haproxy', '-c', '-f', look.file),
  async nginx({ folder, path, env }) {
    const [front = '', nginx = ''] = path.split('/');
    const { outcome, words } = await frontAnswer(join(folder, front, nginx), env.PATH);
    if (outcome === 'ok') return right('nginx -t');
    return { outcome: outcome === 'missing' ? 'unchecked' : 'wrong', by: 'nginx -t', words };
  },
};
