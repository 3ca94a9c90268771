import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scanCertificates } from '../src/adapters/nginx/certificate-files.ts';
import type { ServedFiles } from '../src/adapters/nginx/served-files.ts';
import { messageOf, SiskinError } from '../src/domain/errors/siskin-error.ts';
import { chooseCertificate } from '../src/domain/front/certificates.ts';
import type { FrontModel } from '../src/domain/front/model.ts';
import type { FrontSettings } from '../src/domain/front/settings.ts';
import { usersFileProblem } from '../src/domain/front/users-file.ts';
import type { Logger } from '../src/observability/logger.ts';

/** The hosts that may be asked for by HTTPS, and when the certificate of each expires (ms since 1970; null: none yet). */
export interface ServedCertificates {
  hosts: string[];
  expiry: (host: string) => Promise<number | null>;
}

/** Where the operator's files come from, and where nginx's workers read them. */
export interface FrontSource {
  front: FrontSettings;
  model: FrontModel;
  certificates: ServedFiles;
  users: ServedFiles;
  log: Pick<Logger, 'info' | 'warn'>;
}

const everyMs = 5_000;

/**
 * Gives nginx's workers the certificates and users of now. What was served stays where the new one is not right.
 * @returns what is not right
 * @throws SiskinError FRONT_UNREADABLE
 */
export async function syncFront(source: FrontSource, stopped: AbortSignal): Promise<SiskinError[]> {
  return [...(await syncUsers(source)), ...(await syncCertificates(source, stopped))];
}

async function syncUsers({ front, model, users, log }: FrontSource): Promise<SiskinError[]> {
  const names = new Set(model.environments.flatMap(({ access }) => access.basicAuth ?? []));
  const problems: SiskinError[] = [];
  for (const name of names) {
    const read = await readUsers(join(front.users, name));
    if (read instanceof SiskinError) problems.push(read);
    else if (await users.put(name, read))
      log.info({ users: name }, 'the front asks for these users from now on');
  }
  await users.keepOnly(names);
  return problems;
}

/** @returns the file's text, or what is wrong with it */
export async function readUsers(file: string): Promise<string | SiskinError> {
  const text = await readFile(file, 'utf8').catch(() => null);
  const problem = text === null ? 'is not there or cannot be read' : usersFileProblem(text);
  return text === null || problem !== undefined
    ? new SiskinError('USERS_FILE_INVALID', `${file} ${problem}.`)
    : text;
}

async function syncCertificates(
  { front, model, certificates, log }: FrontSource,
  stopped: AbortSignal,
): Promise<SiskinError[]> {
  const hosts = model.hosts.filter(({ tls }) => tls).map(({ host }) => host);
  if (hosts.length === 0) return [];
  const { found, broken } = await scanCertificates(front.certificates);
  const serve = async (host: string) => {
    const chosen = chooseCertificate(host, found);
    if (!chosen || !(await certificates.serveCertificate(host, chosen.pem, stopped))) return;
    const expires = new Date(chosen.expiresAt).toISOString();
    log.info({ host, expires }, 'the front serves a new certificate');
  };
  await Promise.all(hosts.map(serve));
  await certificates.keepOnly(new Set(hosts));
  return [...broken.values()];
}

/** Looks again every five seconds. A mistake is told once, until it is another. */
export function watchFront(source: FrontSource): { stop(): Promise<void> } {
  const stopped = new AbortController();
  let told = '';
  const tell = (reason: string) => {
    if (reason !== '' && reason !== told) source.log.warn({ reason }, 'the front serves as before');
    told = reason;
  };
  const look = async () => {
    try {
      tell((await syncFront(source, stopped.signal)).map(({ message }) => message).join(' '));
    } catch (error) {
      if (!stopped.signal.aborted) tell(messageOf(error));
    }
  };
  const running = (async () => {
    while (await pause(stopped.signal)) await look();
  })();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}

const pause = (signal: AbortSignal): Promise<boolean> => sleep(everyMs, true, { signal }).catch(() => false);

/** For the metric: how long each host's certificate lasts. */
export const secondsLeft = ({ hosts, expiry }: ServedCertificates) =>
  Promise.all(
    hosts.map(async (host) => {
      const expiresAt = await expiry(host);
      return { host, secondsLeft: expiresAt === null ? null : Math.round((expiresAt - Date.now()) / 1000) };
    }),
  );
