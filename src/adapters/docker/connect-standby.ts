import { createHash } from 'node:crypto';
import Docker from 'dockerode';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { connectDocker } from './connect.ts';
import { SshAgent } from './ssh-agent.ts';

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
  const reached = address.docker.startsWith('ssh://') ? overSsh(address) : plainly(address.docker);
  try {
    await reached.docker.ping();
  } catch (error) {
    const message = `no engine answers at ${address.docker}: ${reached.why(messageOf(error))}`;
    throw new SiskinError('STANDBY_UNREACHABLE', message, { cause: error });
  }
  return reached.docker;
}

interface Reached {
  docker: Docker;
  /** Why it did not answer, from what was told. */
  why: (words: string) => string;
}

const plainly = (address: string): Reached => ({ docker: connectDocker(address), why: (words) => words });

/** The engine through `docker system dial-stdio` there; the host key is compared, for ssh2 itself believes any. */
function overSsh({ docker, ssh }: StandbyAddress): Reached {
  const { hostname, port, username } = new URL(docker);
  let shown: string | undefined;
  const agent = new SshAgent({
    host: hostname,
    port: Number(port || 22),
    username,
    hostVerifier: (key: Buffer): boolean => {
      shown = fingerprint(key);
      return shown === ssh?.hostKey;
    },
    readyTimeout: 15_000,
    ...(ssh?.privateKey !== undefined && { privateKey: ssh.privateKey }),
    ...(ssh?.privateKey === undefined && ssh?.agent !== undefined && { agent: ssh.agent }),
  });
  // The host's name goes into a header that the engine does not look at.
  const options: Docker.DockerOptions & { agent: SshAgent } = {
    protocol: 'http',
    host: 'docker',
    port: 80,
    agent,
  };
  return {
    docker: new Docker(options),
    why(words) {
      if (shown !== undefined && shown !== ssh?.hostKey)
        return `it has the host key ${shown}, not the pinned ${ssh?.hostKey ?? 'one'}`;
      if (words.includes('authentication methods failed')) return `it refuses the key for ${username}`;
      return shown !== undefined && words === 'socket hang up'
        ? `ssh works, but \`docker system dial-stdio\` ends there: is Docker installed, and ${username} in its group?`
        : words;
    },
  };
}

/** As `ssh-keygen -lf` prints it. */
const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
