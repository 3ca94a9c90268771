import { SiskinError } from '../domain/errors/siskin-error.ts';
import { readBoundedFile } from './bounded-file.ts';
import type { EnvironmentConfig } from './siskin/types.ts';

const longestEnvFile = 256 * 1024;

/**
 * The environment with the variables of its `envFile` added; those of `env` in siskin.yaml win. Siskin's own environment
 * variables are not among them: a repository must not read the server's secrets.
 * @throws SiskinError CONFIG_UNREADABLE, ENV_FILE_INVALID
 */
export async function withEnvFile(environment: EnvironmentConfig): Promise<EnvironmentConfig> {
  const { envFile, variables } = environment;
  if (envFile === undefined) return environment;
  const text = await readBoundedFile(envFile, longestEnvFile, 'CONFIG_UNREADABLE');
  return { ...environment, variables: { ...parseEnvFile(text, envFile), ...variables } };
}

/**
 * `NAME=value` lines: `export` before it, comments, and values in single quotes (literal) or double quotes (\n, \t, \", \\)
 * are understood; variables inside values are not put in. Values never appear in an error.
 * @throws SiskinError ENV_FILE_INVALID naming the line
 */
export function parseEnvFile(text: string, file: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, written] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]{0,127})\s*=(.*)$/.exec(line) ?? [];
    const value = written === undefined ? undefined : readValue(written.trim());
    if (name === undefined || value === undefined) {
      const location = { file, line: index + 1 };
      const message = `${file}:${index + 1}: must be NAME=value, its quotes closed`;
      throw new SiskinError('ENV_FILE_INVALID', message, { location });
    }
    variables[name] = value;
  }
  return variables;
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

function readValue(written: string): string | undefined {
  if (written.startsWith("'")) return /^'([^']*)'\s*(#.*)?$/.exec(written)?.[1];
  if (!written.startsWith('"')) return written.replace(/(^|\s)#.*$/, '').trimEnd();
  const inner = /^"((?:[^"\\]|\\.)*)"\s*(#.*)?$/.exec(written)?.[1];
  return inner?.replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char);
}
