import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { type Client, createClient } from '../../src/cli/client/client.ts';
import { type DeploymentEvent, follow } from '../../src/cli/client/deployment-events.ts';
import { deploymentView, webhookAnswer } from './api-shapes.ts';
import { endChildrenOf } from './chaos-children.ts';
import { Part } from './chaos-process.ts';
import { removeEverythingOf } from './docker-cleanup.ts';
import { freePort } from './free-port.ts';
import { pushPayload, signedWebhook } from './github-webhook.ts';
import type { DeploymentView } from './siskin.ts';

export const chaosSecret = 'a-secret-of-the-chaos-tests-012345';

export interface ChaosSiskinOptions {
  /** The app's repository: a path. */
  repository: string;
  /** Environments by name, each on the branch of its name, with a route `NAME.chaos.example.com`. */
  environments: readonly string[];
  /** Keys of siskin.yaml to add or replace. */
  config?: Record<string, unknown>;
  /** Which processes: `up` alone when absent. */
  parts?: readonly PartPlan[];
  /** Added to the processes' environment. */
  env?: Record<string, string>;
}

export interface PartPlan {
  name: string;
  verb: 'up' | 'server' | 'worker';
  /** A data folder of its own below the common one. */
  data?: string;
  /** Keys of its own siskin.yaml to add or replace. */
  config?: Record<string, unknown>;
}

export interface PushOptions {
  branch: string;
  delivery?: string;
  forced?: boolean;
  deleted?: boolean;
}

export const hostOf = (environment: string): string => `${environment}.chaos.example.com`;

/** A Siskin whose processes can be killed, paused and started again one by one. */
export class ChaosSiskin {
  readonly app = `chaos-${randomBytes(4).toString('hex')}`;
  readonly parts: Part[] = [];
  readonly dataDir: string;
  readonly api: string;
  readonly router: string;
  readonly #repository: string;

  private constructor(options: ChaosSiskinOptions, dataDir: string, ports: readonly [number, number]) {
    this.dataDir = dataDir;
    this.api = `http://127.0.0.1:${ports[0]}`;
    this.router = `http://127.0.0.1:${ports[1]}`;
    this.#repository = options.repository;
  }

  static async start(options: ChaosSiskinOptions): Promise<ChaosSiskin> {
    const dataDir = await mkdtemp(join(tmpdir(), 'sk-chaos-'));
    const ports = [await freePort(), await freePort()] as const;
    const siskin = new ChaosSiskin(options, dataDir, ports);
    try {
      for (const part of options.parts ?? [{ name: 'up', verb: 'up' as const }]) {
        const data = part.data === undefined ? dataDir : join(dataDir, part.data);
        await mkdir(data, { recursive: true });
        const configFile = join(data, `${part.name}.yaml`);
        const config = { ...configOf(siskin, options, data, ports), ...part.config };
        await writeFile(configFile, stringify(config));
        const logFile = join(dataDir, 'output.log');
        const added = new Part({ ...part, configFile, logFile, ...(options.env && { env: options.env }) });
        siskin.parts.push(added);
        await added.start();
      }
    } catch (error) {
      await siskin.remove();
      throw error;
    }
    return siskin;
  }

  part(name: string): Part {
    const found = this.parts.find(({ options }) => options.name === name);
    if (!found) throw new Error(`there is no part ${name}`);
    return found;
  }

  /** Sends GitHub's push event. @returns the answer; `deployments` by environment */
  async push(
    sha: string,
    { branch, delivery, ...fields }: PushOptions,
  ): Promise<{ status: number; retryAfter: string | null; deployments: Record<string, string> }> {
    const repository = `local/${this.#repository.split('/').at(-1)}`;
    const payload = pushPayload({ ref: `refs/heads/${branch}`, after: sha, repository, ...fields });
    const request = signedWebhook(chaosSecret, payload, delivery === undefined ? {} : { delivery });
    const response = await fetch(`${this.api}/webhooks/github`, request);
    const { deliveries = [] } = webhookAnswer.parse(await response.json());
    const deployments = Object.fromEntries(
      deliveries.map(({ environment, deployment = '' }) => [environment, deployment]),
    );
    return { status: response.status, retryAfter: response.headers.get('retry-after'), deployments };
  }

  async client(): Promise<Client> {
    const token = await readFile(join(this.dataDir, 'cli-token'), 'utf8');
    return createClient({ url: this.api, token: token.trim() });
  }

  async deployment(id: string): Promise<DeploymentView> {
    return (await this.client()).get(`/api/v1/deployments/${id}`, deploymentView);
  }

  /** A deployment's events to its end, across restarts of everything. @throws Error after `withinMs` */
  async *events(id: string, withinMs = 180_000): AsyncGenerator<DeploymentEvent> {
    const timeout = AbortSignal.timeout(withinMs);
    for (;;) {
      try {
        for await (const event of follow(await this.client(), id, timeout)) {
          yield event;
          if (event.kind === 'end') return;
        }
      } catch (error) {
        // Siskin or its Redis is down, which is what these tests are for.
        if (timeout.aborted) throw error;
      }
      if (timeout.aborted) throw new Error(`${id} did not end in ${withinMs} ms:\n${await this.lastLines()}`);
      await delay(100);
    }
  }

  /** Resolves at the deployment's end. */
  async ended(id: string, withinMs?: number): Promise<DeploymentView> {
    for await (const event of this.events(id, withinMs)) if (event.kind === 'end') break;
    return this.deployment(id);
  }

  output(): Promise<string> {
    return readFile(join(this.dataDir, 'output.log'), 'utf8');
  }

  async lastLines(lines = 25): Promise<string> {
    return (await this.output()).split('\n').slice(-lines).join('\n');
  }

  async remove(): Promise<void> {
    for (const part of this.parts.toReversed()) {
      part.signal('SIGCONT');
      await part.stop();
    }
    await endChildrenOf(this.dataDir);
    await removeEverythingOf(this.app);
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

function configOf(
  siskin: ChaosSiskin,
  { repository, environments, config }: ChaosSiskinOptions,
  dataDir: string,
  ports: readonly [number, number],
): Record<string, unknown> {
  const entries = environments.map((name) => [name, { branch: name, routes: [{ host: hostOf(name) }] }]);
  return {
    dataDir,
    server: { listen: `127.0.0.1:${ports[0]}` },
    router: { listen: `127.0.0.1:${ports[1]}` },
    github: { webhookSecret: chaosSecret },
    apps: { [siskin.app]: { repo: repository, service: 'web', environments: Object.fromEntries(entries) } },
    ...config,
  };
}
