import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What ssh may offer: this key and no other, none at all, or what the host's agent and user have. */
export type OfferedKey = { file: string } | 'none' | 'agent';

/**
 * Writes a configuration of ssh's (ssh_config(5)) that knows the pinned host keys only. As a file, so that neither
 * git's command nor ssh's arguments name a key. There is no secret in it.
 * @param folder where Siskin's git keeps its files
 * @returns the path, for `ssh -F`
 */
export async function writeSshConfig(
  folder: string,
  knownHosts: { file: string } | { lines: readonly string[] },
  key: OfferedKey,
): Promise<string> {
  const home = join(folder, 'ssh');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const hosts =
    'file' in knownHosts ? knownHosts.file : await keep(home, 'hosts', `${knownHosts.lines.join('\n')}\n`);
  return await keep(home, 'config', configuration(hosts, key));
}

/** Named by its content: whoever writes it at the same time writes the same. */
async function keep(home: string, kind: string, text: string): Promise<string> {
  const path = join(home, `${kind}-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
  return path;
}

const configuration = (hosts: string, key: OfferedKey): string => `Host *
  BatchMode yes
  ConnectTimeout 20
  ServerAliveInterval 15
  StrictHostKeyChecking yes
  UserKnownHostsFile ${quoted(hosts)}
  GlobalKnownHostsFile /dev/null
  UpdateHostKeys no
  CheckHostIP no
  VerifyHostKeyDNS no
  PreferredAuthentications publickey
  ForwardAgent no
  ForwardX11 no
  ClearAllForwardings yes
  PermitLocalCommand no
  ControlMaster no
  ControlPath none
${key === 'agent' ? '' : `  IdentitiesOnly yes\n  IdentityAgent none\n  IdentityFile ${key === 'none' ? 'none' : quoted(key.file)}\n`}`;

/** ssh reads `%` as the beginning of a token; siskin.yaml refuses quotes and dollar signs in these paths. */
const quoted = (path: string): string => `"${path.replaceAll('%', '%%')}"`;
