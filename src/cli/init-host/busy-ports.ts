import { isFree } from '../../adapters/process/free-port.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { HostPorts } from '../../domain/host/answers.ts';

const flags: Record<keyof HostPorts, string> = {
  http: '--http-port',
  https: '--https-port',
  server: '--server-port',
  router: '--router-port',
};

/** @throws SiskinError HOST_PORT_IN_USE naming each with its option */
export async function refuseBusyPorts(ports: HostPorts): Promise<void> {
  const names = Object.keys(flags) as (keyof HostPorts)[];
  const looked = await Promise.all(names.map(async (name) => ({ name, free: await isFree(ports[name]) })));
  const busy = looked.filter(({ free }) => !free);
  if (busy.length === 0) return;
  const lines = busy.map(({ name }) => `${flags[name]}: port ${ports[name]} is in use on this machine.`);
  throw new SiskinError('HOST_PORT_IN_USE', `${lines.join('\n')}\nNothing was written.`);
}
