import { createHash } from 'node:crypto';
import Docker from 'dockerode';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { connectDocker } from './connect.ts';

export interface StandbyAddress {
  /** `unix://`, `tcp://` or `ssh://user@host:port`. */
  docker: string;
  /** With ssh: the SHA-256 of the only host key that is believed, and a private key; without one, the agent's. */
  ssh?: { hostKey: string; privateKey?: string; agent?: string };
}

/**
 * A client of another machine's engine, which has answered.
 * @throws SiskinError STANDBY_UNREACHABLE
 */
export async function connectStandby(address: StandbyAddress): Promise<Docker> {
  const docker = address.docker.startsWith('ssh://') ? overSsh(address) : connectDocker(address.docker);
  try {
    await docker.ping();
  } catch (error) {
    throw new SiskinError(
      'STANDBY_UNREACHABLE',
      `no engine answers at ${address.docker}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  return docker;
}

/** The engine through `docker system dial-stdio` there; the host key is compared, for ssh2 itself believes any. */
function overSsh({ docker, ssh }: StandbyAddress): Docker {
  const { hostname, port, username } = new URL(docker);
  const sshOptions = {
    hostVerifier: (key: Buffer) =>
      `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}` === ssh?.hostKey,
    readyTimeout: 15_000,
    ...(ssh?.privateKey !== undefined && { privateKey: ssh.privateKey }),
    ...(ssh?.privateKey === undefined && ssh?.agent !== undefined && { agent: ssh.agent }),
  };
  return new Docker({ protocol: 'ssh', host: hostname, port: Number(port || 22), username, sshOptions });
}
