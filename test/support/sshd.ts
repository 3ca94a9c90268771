import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

export const makeSshKey = async (path: string): Promise<void> => {
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
};

/** sshd on loopback with a new host key; it lets in whom `authorized` of the folder names, for the command named there. */
export async function startSshd(folder: string, port: number): Promise<ChildProcess> {
  const hostKey = join(folder, 'host');
  await rm(hostKey, { force: true });
  await makeSshKey(hostKey);
  // where it drops its privileges to, as root; a service would have made it
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const config = join(folder, 'sshd_config');
  await writeFile(
    config,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${join(folder, 'authorized')}`,
      'PidFile none',
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin forced-commands-only',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      '',
    ].join('\n'),
  );
  const sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  await new Promise<void>((resolve, reject) => {
    sshd.once('error', reject);
    sshd.once('exit', (code) => reject(new Error(`sshd ended with ${code}: ${words}`)));
    sshd.stderr.on('data', (chunk: Buffer) => {
      words += chunk.toString();
      if (words.includes('Server listening on')) resolve();
    });
  });
  return sshd;
}

export async function endSshd(sshd: ChildProcess): Promise<void> {
  if (sshd.exitCode !== null || sshd.signalCode !== null) return;
  sshd.kill();
  await once(sshd, 'exit');
}
