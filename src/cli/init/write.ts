import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Answers } from './answers.ts';
import { addSiskinBlock } from './compose-edit.ts';
import type { Guesses } from './guesses.ts';
import { envFileName, siskinYaml } from './siskin-yaml.ts';

/** A file that is to be, or one that stays as it is. */
export interface PlannedFile {
  path: string;
  /** What it is to hold; null when it stays as it is. */
  text: string | null;
  exists: boolean;
  secret: boolean;
  /** One sentence where people should know something about it. */
  remark: string | null;
}

/** What would be written, before anything is. @throws SiskinError COMPOSE_NOT_EDITABLE */
export async function planOf(
  answers: Answers,
  compose: Guesses['compose'],
  withToken: boolean,
): Promise<PlannedFile[]> {
  const { config } = answers;
  const yaml = siskinYaml(answers, compose?.path ?? 'docker-compose.yml', withToken);
  const env = await envFile(join(dirname(config), envFileName));
  const exists = (await textOf(config)) !== null;
  const own = { path: config, text: yaml, exists, secret: false, remark: null };
  return [own, env, ...(compose === null ? [] : [composeFile(answers, compose)])];
}

/** A secret that is in use is never replaced: GitHub has it, too. */
async function envFile(path: string): Promise<PlannedFile> {
  const before = await textOf(path);
  const kept = before !== null && /^(export )?SISKIN_WEBHOOK_SECRET=./m.test(before);
  const line = `SISKIN_WEBHOOK_SECRET=${randomBytes(32).toString('hex')}\n`;
  const text = kept ? null : `${before ?? ''}${before === null || before.endsWith('\n') ? '' : '\n'}${line}`;
  return { path, text, exists: false, secret: true, remark: kept ? 'it keeps its secret' : null };
}

function composeFile(
  { service, port, health }: Answers,
  { path, text }: { path: string; text: string },
): PlannedFile {
  const edit = addSiskinBlock(text, service, Number(port), health);
  const ports = `take \`ports\` out of ${service}: Siskin's router stands there for it`;
  const remark = edit.changed ? null : 'it has x-siskin already';
  return {
    path,
    text: edit.changed ? edit.text : null,
    exists: false,
    secret: false,
    remark: edit.publishesPorts ? [remark, ports].filter(Boolean).join('; ') : remark,
  };
}

const textOf = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

/** Writes what was planned. @throws SiskinError INIT_UNWRITABLE */
export async function writePlan(files: readonly PlannedFile[]): Promise<void> {
  for (const { path, text, secret } of files) {
    if (text === null) continue;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, secret ? { mode: 0o600 } : {});
      // A file that was there keeps its mode at a write.
      if (secret) await chmod(path, 0o600);
    } catch (error) {
      throw new SiskinError('INIT_UNWRITABLE', `${path} cannot be written: ${messageOf(error)}.`, {
        cause: error,
      });
    }
  }
}
