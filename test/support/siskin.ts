import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { z } from 'zod';
import { deploymentView, webhookAnswer } from './api-shapes.ts';
import type { AppRepository } from './app-repository.ts';
import { removeEverythingOf } from './docker-cleanup.ts';
import { freePort } from './free-port.ts';
import { pushPayload, signedWebhook } from './github-webhook.ts';
import { runCliProcess } from './siskin-cli.ts';
import { siskinCommand } from './siskin-command.ts';

const webhookSecret = 'a-secret-of-the-tests-0123456789';

export interface TestSiskin {
  /** The app's name; its production environment tracks `release`, its test environment `test`. */
  app: string;
  /** Host names of the routes. */
  host: string;
  testHost: string;
  /** Origins on loopback. */
  router: string;
  api: string;
  configFile: string;
  dataDir: string;
  pid(): number;
  /** Sends GitHub's push event for a commit. @returns the answer and, where one began, the deployment */
  push(sha: string, options?: { branch?: string; delivery?: string; forced?: boolean }): Promise<PushAnswer>;
  /** The deployment as the API gives it. */
  deployment(id: string): Promise<DeploymentView>;
  /** Resolves at the deployment's end. */
  ended(id: string): Promise<DeploymentView>;
  /** Resolves when it is, or has been, in this state. */
  reached(id: string, state: string): Promise<void>;
  /** Resolves when its journal has an entry with these fields. */
  journaled(id: string, fields: Record<string, string>): Promise<void>;
  /** Resolves when its log has a line like this. */
  logged(id: string, line: RegExp): Promise<void>;
  /** Tries to start another on the same configuration. */
  startSecond(): Promise<{ exitCode: number | null; output: string }>;
  /** An API call with the admin's token. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Kills this process only, as a crash would; the children live on. */
  kill(): Promise<void>;
  /** @param change what is otherwise in siskin.yaml from now on */
  start(change?: Record<string, unknown>): Promise<void>;
  /** Ends it as an operator would (SIGTERM). */
  stop(): Promise<void>;
  /** Ends it and removes all that it made. */
  remove(): Promise<void>;
  /** What it has printed. */
  output(): Promise<string>;
}

export type DeploymentView = z.infer<typeof deploymentView>;
export interface PushAnswer {
  status: number;
  body: z.infer<typeof webhookAnswer>;
  deployment: string;
}

/** Starts `siskin up` on a repository, its configuration changed as told, with its own Redis, Prometheus and HAProxy. */
export async function startSiskin(
  repository: AppRepository,
  change: Record<string, unknown> | ((app: string, api: string) => Record<string, unknown>) = {},
): Promise<TestSiskin> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sk-'));
  const app = `e2e-${randomBytes(4).toString('hex')}`;
  const ports = { server: await freePort(), router: await freePort() };
  const siskin = new Running(
    dataDir,
    app,
    ports,
    repository,
    typeof change === 'function' ? change(app, `http://127.0.0.1:${ports.server}`) : change,
  );
  await siskin.start();
  return siskin;
}

class Running implements TestSiskin {
  readonly app: string;
  readonly host: string;
  readonly testHost: string;
  readonly router: string;
  readonly api: string;
  readonly dataDir: string;
  readonly configFile: string;
  readonly #config: Record<string, unknown>;
  readonly #repository: AppRepository;
  #child: ChildProcess | undefined;

  constructor(
    dataDir: string,
    app: string,
    ports: { server: number; router: number },
    repository: AppRepository,
    change: Record<string, unknown>,
  ) {
    this.app = app;
    this.dataDir = dataDir;
    this.host = `${app}.example.com`;
    this.testHost = `test.${app}.example.com`;
    this.router = `http://127.0.0.1:${ports.router}`;
    this.api = `http://127.0.0.1:${ports.server}`;
    this.configFile = join(dataDir, 'siskin.yaml');
    this.#repository = repository;
    this.#config = {
      dataDir,
      server: { listen: `127.0.0.1:${ports.server}` },
      router: { listen: `127.0.0.1:${ports.router}` },
      github: { webhookSecret },
      apps: {
        [app]: {
          repo: repository.path,
          service: 'web',
          environments: {
            production: { branch: 'release', routes: [{ host: this.host }] },
            test: { branch: 'test', routes: [{ host: this.testHost }] },
          },
        },
      },
      ...change,
    };
  }

  pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(change: Record<string, unknown> = {}): Promise<void> {
    Object.assign(this.#config, change);
    await writeFile(this.configFile, stringify(this.#config));
    const args = [...siskinCommand, 'up', '--config', this.configFile];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const log = createWriteStream(join(this.dataDir, 'output.log'), { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const ready = async () => {
      while (!(await this.#ready())) await delay(50);
    };
    const died = once(child, 'exit').then(async ([code]) => {
      throw new Error(`siskin up ended with code ${code}:\n${await this.output()}`);
    });
    await Promise.race([ready(), died]);
    died.catch(() => undefined);
  }

  async #ready(): Promise<boolean> {
    try {
      return (await fetch(`${this.api}/readyz`)).ok;
    } catch {
      return false;
    }
  }

  async push(
    sha: string,
    options: { branch?: string; delivery?: string; forced?: boolean } = {},
  ): Promise<PushAnswer> {
    const { branch = 'release', forced = false, ...rest } = options;
    const repository = `local/${this.#repository.path.split('/').at(-1)}`;
    const payload = pushPayload({ ref: `refs/heads/${branch}`, after: sha, forced, repository });
    const response = await fetch(`${this.api}/webhooks/github`, signedWebhook(webhookSecret, payload, rest));
    const body = webhookAnswer.parse(await response.json());
    return { status: response.status, body, deployment: body.deliveries?.[0]?.deployment ?? '' };
  }

  async deployment(id: string): Promise<DeploymentView> {
    return deploymentView.parse((await this.call('GET', `/api/v1/deployments/${id}`)).body);
  }

  async ended(id: string): Promise<DeploymentView> {
    for await (const event of this.#events(id)) if (event.name === 'end') break;
    return this.deployment(id);
  }

  async reached(id: string, state: string): Promise<void> {
    await this.journaled(id, { type: 'state', state });
  }

  async journaled(id: string, fields: Record<string, string>): Promise<void> {
    const shape = Object.entries(fields).map(([name, value]) => [name, z.literal(value)]);
    const wanted = z.object({ event: z.object(Object.fromEntries(shape)) });
    for await (const event of this.#events(id)) {
      if (event.name === 'journal' && wanted.safeParse(JSON.parse(event.data)).success) return;
      if (event.name === 'end')
        throw new Error(`${id} ended without ${JSON.stringify(fields)}: ${event.data}`);
    }
  }

  async logged(id: string, line: RegExp): Promise<void> {
    for await (const event of this.#events(id)) {
      if (event.name === 'log' && line.test(event.data)) return;
      if (event.name === 'end') throw new Error(`${id} ended without a log line like ${line}: ${event.data}`);
    }
  }

  startSecond(): Promise<{ exitCode: number | null; output: string }> {
    return runCliProcess(this.configFile, ['up']);
  }

  async *#events(id: string): AsyncGenerator<{ name: string; data: string }> {
    const headers = { authorization: `Bearer ${await this.#token()}` };
    const abort = new AbortController();
    const response = await fetch(`${this.api}/api/v1/deployments/${id}/events`, {
      headers,
      signal: abort.signal,
    });
    if (!response.body) throw new Error(`no events of ${id}: ${response.status}`);
    let text = '';
    try {
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
          yield { name: field('event'), data: field('data') };
        }
      }
    } finally {
      abort.abort();
    }
  }

  async call(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#token()}`, 'content-type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    });
    return { status: response.status, body: await response.json() };
  }

  async #token(): Promise<string> {
    return (await readFile(join(this.dataDir, 'cli-token'), 'utf8')).trim();
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async remove(): Promise<void> {
    await this.stop();
    await removeEverythingOf(this.app);
    await rm(this.dataDir, { recursive: true, force: true });
  }

  output(): Promise<string> {
    return readFile(join(this.dataDir, 'output.log'), 'utf8');
  }
}
