import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { envSettings } from '../../config/env.ts';
import { codeOf } from '../../domain/errors/code-of.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { configPath, type LocalServer, readLocalConfig } from '../local/local-config.ts';
import { osUser } from '../local/os-user.ts';
import type { Io } from '../terminal/io.ts';
import { type Client, createClient } from './client.ts';

const optionsSchema = z.object({
  url: z.string().optional(),
  tokenFile: z.string().optional(),
  config: z.string().optional(),
});

/** The options that every verb has, wherever on the line they stood. */
const globalOptions = (command: Command): z.infer<typeof optionsSchema> =>
  optionsSchema.parse(command.optsWithGlobals());

/**
 * The API's client for a verb.
 * Address: --url, SISKIN_URL, server.listen of siskin.yaml, 127.0.0.1:8080. Token: --token-file, SISKIN_TOKEN, and
 * for the server of this siskin.yaml the file `cli-token` in dataDir.
 * @throws SiskinError ARGUMENT_INVALID, TOKEN_UNREADABLE, CONFIG_INVALID
 */
export async function connect(command: Command, io: Io, timeoutMs?: number): Promise<Client> {
  const options = globalOptions(command);
  const settings = envSettings(io.env);
  const given = options.url ?? settings.url;
  const local = given === undefined ? await readLocalConfig(configPath(command, io), io) : null;
  const url = given === undefined ? localUrl(local) : validUrl(given);
  const token = tokenOf(options.tokenFile, settings.token, local);
  return createClient({
    url,
    token,
    ...(local !== null && { user: osUser(io.env) }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** Whether another server than this siskin.yaml's is asked. */
export const isElsewhere = (command: Command, io: Io): boolean =>
  (globalOptions(command).url ?? envSettings(io.env).url) !== undefined;

/** The client of the server that this siskin.yaml is for, with its own token, whatever the environment says. */
export const localClient = (io: Io, local: LocalServer, timeoutMs: number): Client =>
  createClient({ url: localUrl(local), token: localToken(local), user: osUser(io.env), timeoutMs });

const localToken = (local: LocalServer): string | undefined =>
  readToken(join(local.dataDir, 'cli-token'), 'optional');

function tokenOf(file: string | undefined, fromEnvironment: string | undefined, local: LocalServer | null) {
  if (file !== undefined) return readToken(file);
  if (fromEnvironment !== undefined) return fromEnvironment;
  // The local token goes to the local server only, never to an address from elsewhere.
  return local === null ? undefined : localToken(local);
}

const defaultListen = '127.0.0.1:8080';

/** A server that listens everywhere is asked on the loopback. */
function localUrl(local: LocalServer | null): string {
  const listen = local?.listen ?? defaultListen;
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon);
  const everywhere = ['', '0.0.0.0', '*', '[::]', '::'].includes(host);
  return `http://${everywhere ? '127.0.0.1' : host}:${listen.slice(colon + 1)}`;
}

function validUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '') return text;
  throw new SiskinError('ARGUMENT_INVALID', `${text} is no address of a server.`, {
    hint: 'Write it like http://127.0.0.1:8080, without user or password.',
  });
}

const longestToken = 1_024;

function readToken(file: string, presence: 'required' | 'optional' = 'required'): string | undefined {
  try {
    const token = readStart(file, longestToken).trim();
    if (/^[\x21-\x7e]{1,512}$/.test(token)) return token;
    throw new Error('it does not hold one token on one line');
  } catch (error) {
    const absent = codeOf(error) === 'ENOENT';
    if (absent && presence === 'optional') return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new SiskinError('TOKEN_UNREADABLE', `The token file ${file} cannot be used: ${why}.`, {
      cause: error,
    });
  }
}

function readStart(file: string, bytes: number): string {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.toString('utf8', 0, readSync(handle, buffer, 0, bytes, 0));
  } finally {
    closeSync(handle);
  }
}
