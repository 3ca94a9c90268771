import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { freePort } from './free-port.ts';
import { endSshd, makeSshKey, startSshd } from './sshd.ts';

/** A real sshd on loopback that lets its keys do nothing but run git-shell. */
export interface GitSshd {
  /** `ssh://…` address of a repository in a folder. */
  url(folder: string): string;
  /** The line that pins the host key it has now. */
  hostKeyLine(): Promise<string>;
  /** A key that it accepts, and one that it does not: paths of private keys. */
  key: string;
  strangeKey: string;
  /** What a server that was replaced does: the same address, another host key. */
  changeHostKey(): Promise<void>;
  /** From here on every connection waits. @returns resolves when one does; call what it gives to let it go on */
  hold(): Promise<{ arrived: Promise<() => Promise<void>> }>;
  stop(): Promise<void>;
}

/** @param folder an empty one; the caller removes it. @param lfsAuthenticate what `git-lfs-authenticate` prints */
export async function startGitSshd(folder: string, lfsAuthenticate?: () => string): Promise<GitSshd> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const paths = { key: join(folder, 'key'), strangeKey: join(folder, 'strange'), fifo: join(folder, 'hold') };
  const gate = join(folder, 'gate.sh');
  const lfs = join(folder, 'lfs.json');
  for (const key of [paths.key, paths.strangeKey]) await makeSshKey(key);
  if (lfsAuthenticate) await writeFile(lfs, lfsAuthenticate());
  await writeFile(gate, gateScript(paths.fifo, lfs), { mode: 0o755 });
  const publicKey = await readFile(`${paths.key}.pub`, 'utf8');
  await writeFile(join(folder, 'authorized'), `command="${gate}",restrict ${publicKey}`);
  let sshd = await startSshd(folder, port);
  return {
    key: paths.key,
    strangeKey: paths.strangeKey,
    url: (repository) => `ssh://${userInfo().username}@127.0.0.1:${port}${repository}`,
    hostKeyLine: async () => {
      const [kind = '', key = ''] = (await readFile(join(folder, 'host.pub'), 'utf8')).split(' ');
      return `[127.0.0.1]:${port} ${kind} ${key.trim()}`;
    },
    changeHostKey: async () => {
      await endSshd(sshd);
      sshd = await startSshd(folder, port);
    },
    hold: async () => {
      await execa('mkfifo', [paths.fifo]);
      return { arrived: holding(paths.fifo) };
    },
    stop: () => endSshd(sshd),
  };
}

/** Opening a pipe to write waits until somebody reads it. */
async function holding(fifo: string): Promise<() => Promise<void>> {
  const pipe = await open(fifo, 'w');
  return async () => {
    await rm(fifo);
    await pipe.close();
  };
}

const gateScript = (fifo: string, lfs: string): string => `#!/bin/sh
if [ -p '${fifo}' ]; then read -r _ < '${fifo}'; fi
case "$SSH_ORIGINAL_COMMAND" in git-lfs-authenticate\\ *) exec cat '${lfs}' ;; esac
exec git-shell -c "$SSH_ORIGINAL_COMMAND"
`;
