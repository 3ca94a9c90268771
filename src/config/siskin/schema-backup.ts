import * as z from 'zod';
import { mapping, nameText, quantity, text, truth, wholeNumber } from '../fields.ts';
import { url } from './addresses.ts';
import { age } from './age.ts';

const path = (what: string) => text(`the path of ${what}`, /^\P{Cc}{1,1024}$/u);

const timeExpected = 'a time of day such as "02:00", in quotes';
const timeOfDay = text(timeExpected, /^([01]\d|2[0-3]):[0-5]\d$/).transform((value) => ({
  hour: Number(value.slice(0, 2)),
  minute: Number(value.slice(3)),
}));

const environmentExpected = 'APP/ENVIRONMENT, such as shop/production';
const environmentRef = text(
  environmentExpected,
  /^[a-z0-9][a-z0-9-]{0,40}\/[a-z0-9][a-z0-9-]{0,40}$/,
).transform((value) => {
  const [app = '', environment = ''] = value.split('/');
  return { app, environment };
});

const dockerName = (what: string) => text(`the name of ${what}`, /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/);
const containerRef = text(
  "a container's name, or label=value",
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}(=[\x21-\x7e]{0,255})?$/,
);
// no leading dash: these become words of a command line
const databaseName = (what: string) => text(`the name of ${what}`, /^[A-Za-z_][A-Za-z0-9_$.-]{0,62}$/);

const database = mapping({
  name: nameText().describe('How it is called in backups.'),
  container: containerRef.describe('The container that it runs in.'),
  kind: z.enum(['postgres', 'mysql', 'mariadb']),
  database: databaseName('a database'),
  user: databaseName('a user of the database'),
  passwordFile: path('a file with the password')
    .optional()
    .describe('Only its owner may read it. Absent: the container needs none, or has it in its environment.'),
});

const image = text('the name of an image', /^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$/);

/** `backup`: what is saved, where to, when, and for how long. */
export const backupSchema = mapping({
  to: path('the folder for backups').prefault('./backups').describe('Relative to this file.'),
  at: timeOfDay.optional().describe('When Siskin makes one each day, local time; absent: by hand or cron.'),
  keep: mapping({
    last: wholeNumber(1, 1_000).prefault(3),
    daily: wholeNumber(0, 366).prefault(7),
    weekly: wholeNumber(0, 520).prefault(4),
    monthly: wholeNumber(0, 240).prefault(6),
  })
    .prefault({})
    .describe('How many stay: the newest, and the newest of so many days, weeks and months.'),
  beforeDeploy: z
    .array(environmentRef)
    .prefault([])
    .describe('Environments: no deployment of them begins to roll out before a backup is made.'),
  databases: z.array(database).prefault([]),
  volumes: z
    .array(dockerName('a volume'))
    .prefault([])
    .describe('Volumes, saved as they are at that moment.'),
  siskin: truth()
    .prefault(true)
    .describe(
      "Whether Siskin's own state is saved too: its records in Redis, the secrets as they are encrypted, this file. Never the age identity.",
    ),
  helperImage: image
    .prefault('busybox:1.36')
    .describe('For short helper containers; needs sh, find, sha256sum.'),
});

const dockerUrl = text(
  'unix:///path, tcp://host:port or ssh://user@host',
  /^(unix:\/\/\/[^\p{Cc}?#]+|(tcp|http):\/\/[A-Za-z0-9.[\]:-]+|ssh:\/\/[A-Za-z0-9._-]+@[A-Za-z0-9.-]+(:\d{1,5})?)$/u,
);

/** `standby`: the other machine, and what is brought there. */
export const standbySchema = mapping({
  docker: dockerUrl.describe("The standby's engine: unix://, tcp:// or ssh://user@host."),
  ssh: mapping({
    keyFile: path('a private key').optional().describe('Absent: the ssh agent of SSH_AUTH_SOCK.'),
    hostKey: text("the host key's SHA256:… fingerprint", /^SHA256:[A-Za-z0-9+/]{43}$/).describe(
      'The only host key that is believed: `ssh-keygen -lf` shows it.',
    ),
  }).optional(),
  at: timeOfDay
    .optional()
    .describe('When Siskin synchronises each day, local time; absent: by hand or cron.'),
  apps: z.array(environmentRef).prefault([]).describe('Environments whose serving image is brought there.'),
  volumes: z.array(dockerName('a volume')).prefault([]),
  databases: z
    .array(mapping({ name: nameText(), container: containerRef.describe('Its container on the standby.') }))
    .prefault([])
    .describe('Databases of backup.databases, restored there.'),
  containers: z
    .array(dockerName('a container'))
    .prefault([])
    .describe('Containers that must run there before it takes over.'),
  readOnly: truth().prefault(true).describe('Whether its databases refuse writes while it serves.'),
  probes: z
    .array(url(['http', 'https', 'tcp'], 'https://shop.example.com/healthz or tcp://home.example.net:22'))
    .prefault([])
    .describe('Addresses of the primary; it is taken for gone when none of them answers.'),
  maxAge: quantity(age, 'at least 1h', (ms) => ms >= 3_600_000)
    .prefault('36h')
    .describe('How old the last synchronisation may be at a failover without --force.'),
});
