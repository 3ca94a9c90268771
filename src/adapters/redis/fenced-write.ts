import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { environmentId } from '../../domain/names.ts';
import type { Lease } from '../../pipeline/ports.ts';
import { RedisLease } from './leases.ts';
import type { ScriptName } from './lua/scripts.ts';
import type { StoreContext } from './store-context.ts';

/**
 * Runs a script that compares the fence before it writes.
 * @returns what the script answered after its OK
 * @throws SiskinError LEASE_LOST, NOT_FOUND, TRANSITION_REFUSED, DEPLOYMENT_ENDED, STORE_UNAVAILABLE
 */
export async function fencedWrite(
  store: StoreContext,
  lease: Lease,
  script: ScriptName,
  ...args: (string | number)[]
): Promise<unknown[]> {
  if (!(lease instanceof RedisLease))
    throw new SiskinError('LEASE_LOST', 'This lease is not one of this store.');
  const answer = await store.run(script, ...lease.fenceArguments(), ...args);
  const [code, ...rest] = Array.isArray(answer) ? answer : [];
  if (code === 'OK') return rest;
  throw refusal(String(code), lease, script, String(args[0] ?? ''), String(rest[0] ?? ''));
}

function refusal(
  code: string,
  lease: RedisLease,
  script: string,
  subject: string,
  detail: string,
): SiskinError {
  const environment = environmentId(lease.key);
  switch (code) {
    case 'LEASE_LOST':
      return new SiskinError(
        'LEASE_LOST',
        `${environment} has fence ${detail}; this worker's was ${lease.fence}.`,
      );
    case 'NOT_FOUND':
      return new SiskinError('NOT_FOUND', `${environment} has no ${subject}.`);
    case 'DEPLOYMENT_ENDED':
      return new SiskinError('DEPLOYMENT_ENDED', `${subject} has ended: ${detail}.`);
    case 'TRANSITION_REFUSED':
      return new SiskinError(
        'TRANSITION_REFUSED',
        `${subject} is ${detail}; the state asked for may not follow.`,
      );
    default:
      return new SiskinError('STORE_UNAVAILABLE', `The script ${script} answered ${code}.`);
  }
}
