import { once } from 'node:events';
import { connect } from 'node:net';
import { delimiter } from 'node:path';
import { streamModule } from '../../adapters/nginx/stream-module.ts';
import { findProgram, standardSearchPath } from '../../adapters/process/find-program.ts';
import type { Env } from '../../config/env.ts';
import type { SiskinConfig } from '../../config/siskin-config.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { endpoint } from '../../domain/front/config-text.ts';
import type { Forward, Listen } from '../../domain/front/settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** What `front.forward` needs: nginx's stream module, and hosts that answer. */
export async function checkForward({ front }: SiskinConfig, env: Env): Promise<Finding[]> {
  const targets = front?.forward ?? [];
  if (targets.length === 0) return [];
  return [...(await checkStream(env)), ...(await Promise.all(targets.flatMap(placesOf).map(checkPlace)))];
}

/** That there is no nginx at all is told with the other programs. */
async function checkStream(env: Env): Promise<Finding[]> {
  try {
    const places = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...standardSearchPath];
    const module = await streamModule(await findProgram('nginx', 'nginx', places));
    return [ok('nginx stream', module ?? 'built in')];
  } catch (error) {
    if (!(error instanceof SiskinError)) throw error;
    return error.code === 'FRONT_STREAM_MISSING' ? [fail('nginx stream', error.message, error.hint)] : [];
  }
}

interface Place {
  hosts: string[];
  at: Listen;
}

const placesOf = ({ hosts, to, http }: Forward): Place[] => [
  { hosts, at: to },
  ...(http ? [{ hosts, at: http }] : []),
];

/** The other host may be down for a reason: no more than a warning. */
async function checkPlace({ hosts, at }: Place): Promise<Finding> {
  const what = `${endpoint(at)}, which has ${hosts.join(', ')},`;
  const socket = connect(at);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(2_000) });
    return ok('front', `${what} answers`);
  } catch {
    return warn(
      'front',
      `${what} does not answer from this host`,
      'Start the front of that host, and let its firewall admit this one.',
    );
  } finally {
    socket.destroy();
  }
}
