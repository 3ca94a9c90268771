import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createClient } from '../../src/cli/client/client.ts';
import { follow } from '../../src/cli/client/deployment-events.ts';
import { deploymentView, webhookAnswer } from './api-shapes.ts';
import { type AppRepository, type Behaviour, commitVariant, createAppRepository } from './app-repository.ts';
import { type ComposeProject, checkout, composeProject, run } from './compose-project.ts';
import { removeEverythingOf } from './docker-cleanup.ts';
import { freePort } from './free-port.ts';
import { pushPayload, signedWebhook } from './github-webhook.ts';
import type { DeploymentView } from './siskin.ts';

const webhookSecret = 'a-secret-of-the-tests-0123456789';
/** What its app is given as /run/secrets/TLS_KEY. */
export const plantedSecret = 'planted-tls-key';
/** Where the worker finds the repository. */
const mountedRepository = '/srv/shop.git';

export interface ComposeSiskin {
  /** Of the project, and of the external network. */
  name: string;
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
  const place = await preparePlace();
  const { name, app, host, env, api, router } = place;
  const project = composeProject(name, [place.override], env);
  let removed: Promise<void> | undefined;
  const remove = () => {
    removed ??= removeAll(place, project);
    return removed;
  };
  try {
    await run(process.execPath, [makeImages, '--pull', '--siskin-image', env.SISKIN_IMAGE]);
    await run('docker', ['network', 'create', name]);
    await project.compose('up', '--detach', '--no-build');
    await project.healthy('server');
    const set = `siskin secrets keygen && echo ${plantedSecret} | siskin secrets set ${app} production TLS_KEY`;
    await project.compose('run', '--rm', '-T', '--entrypoint', 'sh', 'cli', '-c', set);
  } catch (error) {
    await remove();
    throw error;
  }
  const output = () => project.compose('logs', '--no-color', '--tail=200');
  const release = (behaviour: Behaviour) => deploy({ ...place, api, project }, behaviour);
  return { name, app, host, router, project, release, output, remove };
}

/** Names, ports, the repository and the files of one project; nothing runs yet. */
async function preparePlace() {
  const id = randomBytes(4).toString('hex');
  const [name, app] = [`siskin-test-${id}`, `ct-${id}`];
  const host = `${app}.example.com`;
  const [server, router] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const folder = await mkdtemp(join(tmpdir(), 'sk-ct-'));
  const [config, override] = [join(folder, 'siskin.yaml'), join(folder, 'repository.yml')];
  const bare = join(folder, 'shop.git');
  const env = {
    SISKIN_IMAGE: `${name}:local`,
    SISKIN_CONFIG: config,
    SISKIN_LISTEN: server,
    ROUTER_LISTEN: router,
    ROUTER_NAME: `${name}-router`,
    SISKIN_NETWORK: name,
    DOCKER_GID: String((await stat('/var/run/docker.sock')).gid),
    GITHUB_WEBHOOK_SECRET: webhookSecret,
  };
  // The worker is another user, and sees the folder only through its mount.
  await chmod(folder, 0o755);
  const repository = await createAppRepository();
  await repository.git('init', '--quiet', '--bare', bare);
  await writeFile(override, stringify(withRepository(bare)));
  await writeFile(config, stringify(await siskinYaml({ app, host, network: name, router: env.ROUTER_NAME })));
  const origins = { api: `http://${server}`, router: `http://${router}` };
  return { name, app, host, env, folder, override, repository, bare, ...origins };
}

async function removeAll(
  place: Awaited<ReturnType<typeof preparePlace>>,
  project: ComposeProject,
): Promise<void> {
  await project.compose('--profile', 'tools', 'down', '--volumes', '--remove-orphans');
  await removeEverythingOf(place.app);
  for (const network of await namesOf('network', place.name)) await run('docker', ['network', 'rm', network]);
  for (const image of await namesOf('image', place.name)) await run('docker', ['image', 'rm', image]);
  await place.repository.remove();
  await rm(place.folder, { recursive: true, force: true });
}

/** The external network and the image of a project, as far as they are there. */
export async function namesOf(kind: 'network' | 'image', project: string): Promise<string[]> {
  const filters = { network: `name=${project}`, image: `reference=${project}` };
  const shown = await run('docker', [kind, 'ls', '--quiet', '--filter', filters[kind]]);
  return shown.split('\n').filter(Boolean);
}

const makeImages = join(checkout, 'deploy-templates', 'compose', 'make-local-images.mjs');

const withRepository = (bare: string) => ({
  services: { worker: { volumes: [`${bare}:${mountedRepository}:ro`] } },
});

/** deploy-templates/compose/siskin.yaml with the names of this project. */
async function siskinYaml(names: { app: string; host: string; network: string; router: string }) {
  const template = join(checkout, 'deploy-templates', 'compose', 'siskin.yaml');
  const document: Record<string, Record<string, unknown>> = parse(await readFile(template, 'utf8'));
  const secrets = [{ name: 'TLS_KEY', file: true }];
  const production = { branch: 'release', routes: [{ host: names.host }], secrets };
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
