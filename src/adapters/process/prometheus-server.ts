import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort, isFree } from './free-port.ts';
import type { ProgramOptions } from './redis-server.ts';
import { Supervisor } from './supervisor.ts';

export interface PrometheusServerOptions extends ProgramOptions {
  /** The text of prometheus.yml. */
  config: string;
  /** Port on loopback; without it a free one, kept over restarts. */
  port?: number;
}

/** The Prometheus that Siskin starts: on loopback, two days or 1 GB of data, no administration over HTTP. */
export interface PrometheusServer {
  /** `http://127.0.0.1:<port>` */
  url: string;
  supervisor: Supervisor;
  /** Starts or adopts it, and waits until it is ready. @throws SiskinError PROGRAM_MISSING, PROGRAM_NOT_READY */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Writes what a Prometheus below `dataDir/prometheus` needs; starts nothing yet. */
export async function prometheusServer(options: PrometheusServerOptions): Promise<PrometheusServer> {
  const directory = resolve(options.dataDir, 'prometheus');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const configFile = join(directory, 'prometheus.yml');
  const changed = await replaceIfChanged(configFile, options.config);
  const port = options.port ?? (await keptPort(join(directory, 'port')));
  const url = `http://127.0.0.1:${port}`;
  const args = prometheusArguments(directory, configFile, port);
  const supervisor = new Supervisor({
    name: 'prometheus',
    program: 'prometheus',
    debianPackage: 'prometheus',
    args,
    marks: args,
    directory,
    ...(options.searchPath && { searchPath: options.searchPath }),
    onRestart: options.onRestart,
  });
  return {
    url,
    supervisor,
    start: async () => {
      const how = await supervisor.start();
      await supervisor.waitUntilReady(() => isReady(url), 60_000);
      if (how === 'adopted' && changed) supervisor.signal('SIGHUP'); // reads its configuration again
    },
    stop: () => supervisor.stop(),
  };
}

const prometheusArguments = (directory: string, configFile: string, port: number): string[] => [
  `--config.file=${configFile}`,
  `--storage.tsdb.path=${join(directory, 'data')}`,
  '--storage.tsdb.retention.time=2d',
  '--storage.tsdb.retention.size=1GB',
  `--web.listen-address=127.0.0.1:${port}`,
  '--log.level=warn',
];

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(1_000) });
  await response.body?.cancel();
  return response.ok;
}

/** The port of last time, so that a running one is adopted and dashboards keep their address. */
async function keptPort(file: string): Promise<number> {
  const kept = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (Number.isInteger(kept) && kept > 1023 && kept < 65_536 && (await isOursOrFree(kept))) return kept;
  const port = await freePort();
  await writeFile(file, `${port}\n`);
  return port;
}

const isOursOrFree = async (port: number): Promise<boolean> =>
  (await isFree(port)) || (await isReady(`http://127.0.0.1:${port}`).catch(() => false));

async function replaceIfChanged(path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return false;
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
  return true;
}
