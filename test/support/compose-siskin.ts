import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createClient } from '../../src/cli/client.ts';
import { follow } from '../../src/cli/deployment-events.ts';
import { deploymentView, webhookAnswer } from './api-shapes.ts';
import { type AppRepository, type Behaviour, commitVariant, createAppRepository } from './app-repository.ts';
import { type ComposeProject, checkout, composeProject, run } from './compose-project.ts';
import { removeEverythingOf } from './docker-cleanup.ts';
import { freePort } from './free-port.ts';
import { pushPayload, signedWebhook } from './github-webhook.ts';
import type { DeploymentView } from './siskin.ts';

const webhookSecret = 'a-secret-of-the-tests-0123456789';
/** Where the worker finds the repository. */
const mountedRepository = '/srv/shop.git';

export interface ComposeSiskin {
  app: string;
  host: string;
  router: string;
  project: ComposeProject;
  /** Commits a release, sends GitHub's push event to the server's container, and waits for the deployment's end. */
  release(behaviour: Behaviour): Promise<DeploymentView>;
  /** What the containers have printed. */
  output(): Promise<string>;
  /** Ends the project, and removes whatever is left of it and of its app. */
  remove(): Promise<void>;
}

/** Brings docker-compose.yml up with an image of these sources, ports, volumes and networks of its own. */
export async function startComposeSiskin(): Promise<ComposeSiskin> {
  const id = randomBytes(4).toString('hex');
  const ports = { server: await freePort(), router: await freePort() };
  const name = `siskin-test-${id}`;
  const app = `ct-${id}`;
  const folder = await mkdtemp(join(tmpdir(), 'sk-ct-'));
  const repository = await createAppRepository();
  const config = join(folder, 'siskin.yaml');
  const override = join(folder, 'repository.yml');
  const bare = join(folder, 'shop.git');
  const host = `${app}.example.com`;
  const env = {
    SISKIN_IMAGE: `${name}:local`,
    SISKIN_CONFIG: config,
    SISKIN_LISTEN: `127.0.0.1:${ports.server}`,
    ROUTER_LISTEN: `127.0.0.1:${ports.router}`,
    ROUTER_NAME: `${name}-router`,
    SISKIN_NETWORK: name,
    DOCKER_GID: String((await stat('/var/run/docker.sock')).gid),
    GITHUB_WEBHOOK_SECRET: webhookSecret,
  };
  const project = composeProject(name, [override], env);
  let removed = false;
  const remove = async () => {
    if (removed) return;
    removed = true;
    await project.compose('--profile', 'tools', 'down', '--volumes', '--remove-orphans');
    await removeEverythingOf(app);
    await run('docker', ['network', 'rm', name]).catch(() => ''); // there is none when it could not be made
    await run('docker', ['image', 'rm', env.SISKIN_IMAGE]).catch(() => ''); // nor an image that could not be built
    await repository.remove();
    await rm(folder, { recursive: true, force: true });
  };
  // The worker is another user, and sees the folder only through its mount.
  await chmod(folder, 0o755);
  await repository.git('init', '--quiet', '--bare', bare);
  await writeFile(override, stringify(withRepository(bare)));
  await writeFile(config, stringify(await siskinYaml({ app, host, network: name, router: env.ROUTER_NAME })));
  try {
    await run(process.execPath, [makeImages, '--siskin-image', env.SISKIN_IMAGE]);
    await run('docker', ['network', 'create', name]);
    await project.compose('up', '--detach', '--no-build');
    await project.healthy('server');
    const output = () => project.compose('logs', '--no-color', '--tail=200');
    const origins = { api: `http://127.0.0.1:${ports.server}`, router: `http://127.0.0.1:${ports.router}` };
    const release = (behaviour: Behaviour) =>
      deploy({ repository, bare, api: origins.api, project }, behaviour);
    return { app, host, router: origins.router, project, release, output, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

const makeImages = join(checkout, 'deploy-templates', 'compose', 'make-local-images.mjs');

const withRepository = (bare: string) => ({
  services: { worker: { volumes: [`${bare}:${mountedRepository}:ro`] } },
});

/** deploy-templates/compose/siskin.yaml with the names of this project. */
async function siskinYaml(names: { app: string; host: string; network: string; router: string }) {
  const template = join(checkout, 'deploy-templates', 'compose', 'siskin.yaml');
  const document: Record<string, Record<string, unknown>> = parse(await readFile(template, 'utf8'));
  const production = { branch: 'release', routes: [{ host: names.host }] };
  return {
    ...document,
    router: { ...document.router, container: names.router },
    docker: { ...document.docker, network: names.network },
    apps: { [names.app]: { repo: mountedRepository, service: 'web', environments: { production } } },
  };
}

async function deploy(
  siskin: { repository: AppRepository; bare: string; api: string; project: ComposeProject },
  behaviour: Behaviour,
): Promise<DeploymentView> {
  const { repository, bare, api, project } = siskin;
  const sha = await commitVariant(repository, behaviour);
  await repository.git('push', '--quiet', bare, 'release');
  const payload = pushPayload({ ref: 'refs/heads/release', after: sha, repository: 'local/shop' });
  const response = await fetch(`${api}/webhooks/github`, signedWebhook(webhookSecret, payload));
  const answer = webhookAnswer.parse(await response.json());
  const id = answer.deliveries?.[0]?.deployment;
  if (response.status !== 202 || id === undefined)
    throw new Error(`the push was answered ${response.status}: ${JSON.stringify(answer)}`);
  const token = await project.compose('exec', '-T', 'server', 'cat', '/var/lib/siskin/cli-token');
  const client = createClient({ url: api, token: token.trim() });
  for await (const event of follow(client, id, new AbortController().signal)) if (event.kind === 'end') break;
  return client.get(`/api/v1/deployments/${id}`, deploymentView);
}
