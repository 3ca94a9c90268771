import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

/** Let's Encrypt's own test server: gives out certificates to whoever proves a host by http-01. */
export interface AcmeServer {
  /** Runs certbot against it, with everything of certbot below `folder`. */
  certbot(folder: string, args: string[]): Promise<string>;
  close(): Promise<void>;
}

/** @param validationPort where it asks for challenges; every host name leads to loopback */
export async function startAcmeServer(folder: string, validationPort: number): Promise<AcmeServer> {
  const [port, management, dns, dnsManagement] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  await mkdir(folder, { recursive: true });
  const [certificate, privateKey] = [join(folder, 'pebble.pem'), join(folder, 'pebble.key')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', privateKey, '-out', certificate],
  ]);
  const config = {
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      ...{ certificate, privateKey, httpPort: validationPort, tlsPort: 1, ocspResponderURL: '' },
    },
  };
  await writeFile(join(folder, 'pebble.json'), JSON.stringify(config));
  const names = start('pebble-challtestsrv', [
    ...['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`],
    ...['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-http01', '', '-https01', '', '-tlsalpn01', ''],
  ]);
  const pebble = start('pebble', ['-config', join(folder, 'pebble.json'), '-dnsserver', `127.0.0.1:${dns}`]);
  await answers(port);
  return {
    certbot: async (home, args) => {
      const places = ['config', 'work', 'logs'].flatMap((name) => [`--${name}-dir`, join(home, name)]);
      const { stdout, stderr } = await promisify(execFile)(
        'certbot',
        [...args, ...places, '--server', `https://localhost:${port}/dir`, '--non-interactive', '--agree-tos'],
        { env: { PATH: process.env.PATH, REQUESTS_CA_BUNDLE: certificate }, timeout: 100_000 },
      );
      return stdout + stderr;
    },
    close: async () => {
      await Promise.all([end(pebble), end(names)]);
    },
  };
}

const start = (program: string, args: string[]): ChildProcess =>
  spawn(program, args, {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
  });

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const ok = await new Promise<boolean>((resolve) => {
      request({ host: '127.0.0.1', port, path: '/dir', rejectUnauthorized: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      })
        .on('error', () => resolve(false))
        .end();
    });
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('pebble does not answer');
}
