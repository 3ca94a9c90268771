import * as z from 'zod';
import { checkedText, mapping, must, nameText, notYet, quantity, text, wholeNumber } from '../fields.ts';
import { absolutePath } from '../repository-path.ts';
import { cpus, duration, size } from '../units.ts';
import { listenAddress, url } from './addresses.ts';
import { age } from './age.ts';
import { network } from './network.ts';
import { appSchema } from './schema-apps.ts';
import { frontSchema } from './schema-front.ts';
import { githubSchema } from './schema-github.ts';
import { secretsSchema } from './schema-secrets.ts';
import { slackSchema } from './schema-slack.ts';

const dockerName = (what: string) => text(`the name of ${what}`, /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/);
const filePath = (what: string) => text(`the path of ${what}`, /^\P{Cc}{1,1024}$/u);

const token = mapping({
  name: nameText().describe('Who uses it; stands in the audit log.'),
  role: z.enum(['viewer', 'deployer', 'admin']),
  hash: text('sha256: and the 64 hex digits of the token’s SHA-256', /^sha256:[0-9a-fA-F]{64}$/),
});

const allowedMount = z.string(must('an absolute path of the host')).transform((path, ctx) => {
  const normal = absolutePath(path);
  if (normal !== undefined && !path.split('/').includes('..')) return normal;
  ctx.addIssue({ code: 'custom', message: 'must be an absolute path of the host without .. in it' });
  return z.NEVER;
});

const joinable = checkedText('the name of a Docker network', (network) => {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(network)) return 'must be the name of a Docker network';
  return ['host', 'none', 'default'].includes(network)
    ? `is Docker's ${network} network, which no app may join`
    : undefined;
});

const positive = (value: number): boolean => value > 0;

/** siskin.yaml (DESIGN section 3). What goes in is what an editor completes; what comes out has Siskin's units. */
export const siskinSchema = mapping(
  {
    dataDir: filePath('the folder for what Siskin keeps')
      .prefault('./data')
      .describe('Where Siskin keeps its data; relative to this file.'),
    server: mapping({
      listen: listenAddress('127.0.0.1:8080')
        .prefault('127.0.0.1:8080')
        .describe('Where the server listens.'),
      publicUrl: url(['http', 'https'], 'https://deploy.example.com')
        .optional()
        .describe('What people open.'),
    }).prefault({}),
    redis: mapping({ url: url(['redis', 'rediss', 'unix'], 'redis://127.0.0.1:6379') })
      .optional()
      .describe('Absent: Siskin starts redis-server itself.'),
    prometheus: mapping({ url: url(['http', 'https'], 'http://127.0.0.1:9090') })
      .optional()
      .describe('Absent: Siskin starts prometheus itself.'),
    router: mapping({
      listen: listenAddress('127.0.0.1:8081').prefault('127.0.0.1:8081').describe('Where HAProxy listens.'),
      container: dockerName('the HAProxy container').optional(),
      trust: z
        .array(network)
        .optional()
        .describe('Proxies before it that may say which client a request is from, besides this machine.'),
      socket: filePath("HAProxy's admin socket").optional().describe('Relative to this file.'),
    }).prefault({}),
    front: frontSchema.optional().describe('The nginx before the router; absent: bring your own.'),
    docker: mapping({
      host: url(['unix', 'tcp', 'http', 'https'], 'unix:///var/run/docker.sock').prefault(
        'unix:///var/run/docker.sock',
      ),
      network: joinable
        .optional()
        .describe('An existing network for all replicas; absent: one per environment.'),
    }).prefault({}),
    github: githubSchema.prefault({}),
    slack: slackSchema.optional().describe('Where people watch: a bot, or an incoming webhook.'),
    api: mapping({ tokens: z.array(token).prefault([]) }).prefault({}),
    build: mapping({
      timeout: quantity(duration, 'more than 0', positive).prefault('20m'),
      concurrency: wholeNumber(1, 16).prefault(1).describe('Builds at the same time.'),
      maxContext: quantity(size, 'more than 0', positive)
        .prefault('1g')
        .describe('The largest build context.'),
      memory: quantity(size, 'at least 32m', (bytes) => bytes >= 32 * 2 ** 20)
        .optional()
        .describe('Memory of each build step; builds without BuildKit.'),
      cpus: quantity(cpus, 'at least 0.01', (nano) => nano >= 1e7)
        .optional()
        .describe('CPUs of each build step; builds without BuildKit.'),
    }).prefault({}),
    reconcile: mapping({
      every: quantity(duration, 'from 5s to 1h', (ms) => ms >= 5_000 && ms <= 3_600_000)
        .prefault('40s')
        .describe('How often branches are looked at for pushes whose webhook never came.'),
    }).prefault({}),
    history: mapping({
      keep: wholeNumber(50, 10_000)
        .prefault(200)
        .describe('Deployments that stay on record per environment.'),
      maxAge: quantity(age, 'at least 1h', (ms) => ms >= 3_600_000)
        .prefault('90d')
        .describe('Time after its end when a deployment is forgotten.'),
    }).prefault({}),
    allow: mapping({
      mounts: z.array(allowedMount).prefault([]).describe('Host folders that Compose files may mount.'),
      networks: z.array(joinable).prefault([]).describe('Existing networks that services may join.'),
      volumes: z
        .array(dockerName('a Docker volume'))
        .prefault([])
        .describe('Existing volumes beyond their own.'),
    }).prefault({}),
    secrets: secretsSchema.prefault({}).describe('Where the keys of the secrets lie.'),
    apps: z.record(nameText(), appSchema).prefault({}),
  },
  { access: 'stands under an environment of an app, not here', hooks: notYet },
);
