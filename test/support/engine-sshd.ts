import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { endSshd, makeSshKey, startSshd } from './sshd.ts';

/** A real sshd on loopback, whose key reaches a Docker engine as `docker -H ssh://` does. */
export interface EngineSshd {
  /** `ssh://user@127.0.0.1:port` */
  docker: string;
  /** `SHA256:…` of its host key. */
  hostKey: string;
  /** A key that it accepts, and one that it does not: paths of private keys. */
  key: string;
  strangeKey: string;
  stop(): Promise<void>;
}

/** @param folder an empty one; the caller removes it */
export async function startEngineSshd(folder: string, socket: string): Promise<EngineSshd> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [key, strangeKey] = [join(folder, 'key'), join(folder, 'strange')];
  for (const path of [key, strangeKey]) await makeSshKey(path);
  const gate = join(folder, 'gate.sh');
  await writeFile(gate, gateScript(socket), { mode: 0o755 });
  const publicKey = await readFile(`${key}.pub`, 'utf8');
  await writeFile(join(folder, 'authorized'), `command="${gate}",restrict ${publicKey}`);
  const port = await freePort();
  const sshd = await startSshd(folder, port);
  const [, hostKey = ''] = (await readFile(join(folder, 'host.pub'), 'utf8')).split(' ');
  const hash = createHash('sha256').update(Buffer.from(hostKey, 'base64')).digest('base64');
  return {
    docker: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    hostKey: `SHA256:${hash.replace(/=+$/, '')}`,
    key,
    strangeKey,
    stop: () => endSshd(sshd),
  };
}

const gateScript = (socket: string): string => `#!/bin/sh
test "$SSH_ORIGINAL_COMMAND" = 'docker system dial-stdio' || exit 1
PATH="$PATH:/usr/local/bin" DOCKER_HOST='unix://${socket}' exec docker system dial-stdio
`;
