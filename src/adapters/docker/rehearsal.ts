import type Docker from 'dockerode';
import type { SavedDatabase } from '../../domain/backup/manifest.ts';
import {
  countCall,
  type DatabaseLogin,
  listCall,
  type ProgramCall,
  readyCall,
  restoreCall,
} from '../../domain/backup/programs.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Chunks } from '../../pipeline/backup/ports.ts';
import { doneWhen, engineStatus, engineWords, reachingEngine } from './engine-errors.ts';
import { execIn, textOf } from './exec.ts';
import { untilEvent } from './until-event.ts';

const readyTimeoutMs = 180_000;

/**
 * Restores a dump into a new container of the image that it was saved from, without network or volume, counts what came
 * back against what the dump lists, and removes the container.
 * @throws SiskinError RESTORE_FAILED, RESTORE_REFUSED
 */
export async function rehearse(
  docker: Docker,
  saved: SavedDatabase,
  dump: () => Chunks,
): Promise<{ tables: number; rows: number }> {
  if (saved.kind !== 'postgres')
    throw new SiskinError(
      'RESTORE_REFUSED',
      `${saved.name}: only backups of PostgreSQL can be tried by Siskin`,
    );
  const container = await create(docker, saved);
  try {
    await reachingEngine(() => container.start());
    await untilReady(docker, container, saved.name);
    const login = loginOf(saved);
    const run = async (call: ProgramCall, input?: Chunks) => {
      const { exitCode, errors, value } = await execIn(docker, container.id, call, textOf, input);
      if (exitCode === 0) return value;
      throw failed(
        `${call.words[0]} of ${saved.name} ended with exit code ${exitCode}: ${errors.slice(-600)}`,
      );
    };
    const listed = (await run(listCall(), dump())).match(/^\d+; \d+ \d+ TABLE DATA /gm)?.length ?? 0;
    await run(restoreCall(login, { anyOwner: true }), dump());
    const lines = (await run(countCall(login))).split('\n').filter((line) => line !== '');
    if (lines.length < listed)
      throw failed(`${saved.name}: the dump lists ${listed} tables, and ${lines.length} came back`);
    return { tables: lines.length, rows: lines.reduce((sum, line) => sum + Number(line.split('\t')[1]), 0) };
  } finally {
    await doneWhen([404, 409], () => container.remove({ force: true, v: true }));
  }
}

async function create(docker: Docker, saved: SavedDatabase): Promise<Docker.Container> {
  const settings = (Image: string) => ({
    Image,
    Env: ['POSTGRES_HOST_AUTH_METHOD=trust', `POSTGRES_USER=${saved.user}`, `POSTGRES_DB=${saved.database}`],
    Labels: { 'siskin.restore-test': saved.name },
    Healthcheck: {
      Test: ['CMD', ...readyCall(loginOf(saved)).words],
      Interval: 250 * nsPerMs,
      Timeout: 5_000 * nsPerMs,
    },
    HostConfig: { NetworkMode: 'none' },
  });
  try {
    return await reachingEngine(() => docker.createContainer(settings(saved.imageId)));
  } catch (error) {
    if (engineStatus(error) !== 404) throw error;
  }
  try {
    return await reachingEngine(() => docker.createContainer(settings(saved.image)));
  } catch (error) {
    if (engineStatus(error) === undefined) throw error;
    throw failed(`no container of ${saved.image}, which ${saved.name} was saved from: ${engineWords(error)}`);
  }
}

/** The engine asks the server itself, by the container's health check, and tells when that has succeeded. */
async function untilReady(docker: Docker, container: Docker.Container, name: string): Promise<void> {
  const look = async () => {
    const { State } = await reachingEngine(() => container.inspect());
    if (!State.Running)
      throw failed(`the container to try ${name} in ended with exit code ${State.ExitCode}`);
    return State.Health?.Status === 'healthy';
  };
  const events = { container: [container.id], event: ['health_status', 'die'] };
  if (await untilEvent(docker, events, look, AbortSignal.timeout(readyTimeoutMs))) return;
  throw failed(`the container to try ${name} in is not ready after ${readyTimeoutMs / 60_000} minutes`);
}

const loginOf = ({ database, user }: SavedDatabase): DatabaseLogin => ({ kind: 'postgres', database, user });

const nsPerMs = 1_000_000;

const failed = (message: string): SiskinError => new SiskinError('RESTORE_FAILED', message);
