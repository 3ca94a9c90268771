import * as z from 'zod';
import type { ContainerHealthcheck, ContainerSpec } from '../../domain/service-spec.ts';
import { mapping, must, quantity, text, wholeNumber } from '../fields.ts';
import { absolutePath } from '../repository-path.ts';
import { duration } from '../units.ts';
import { composeMapping, orIssue, type Wrong } from './context.ts';
import { healthcheckRefusals } from './refusals.ts';

const notNegative = (ms: number): boolean => ms >= 0;
const positive = (ms: number): boolean => ms > 0;

export const workingDirField = z
  .string(must('an absolute path'))
  .transform(
    orIssue(
      (path): string | Wrong => absolutePath(path) ?? { wrong: 'must be an absolute path in the container' },
    ),
  );

export const userField = text(
  'a user such as 1000, 1000:1000 or node',
  /^[A-Za-z0-9_][\w.-]{0,31}(:[A-Za-z0-9_][\w.-]{0,31})?$/,
);

const tmpfsEntry = text(
  'a path with options such as /tmp or /tmp:size=64m,mode=1777',
  /^\/[^\s:,]{1,512}(:((size|mode|uid|gid)=\w{1,16}|noexec|exec|nosuid|nodev|ro|rw)(,((size|mode|uid|gid)=\w{1,16}|noexec|exec|nosuid|nodev|ro|rw))*)?$/,
);
export const tmpfsField = z.union([
  tmpfsEntry.transform((entry) => [entry]),
  z.array(tmpfsEntry, must('a list')),
]);

const limit = wholeNumber(0, 2 ** 31 - 1)
  .or(z.literal(-1))
  .or(z.literal('-1').transform(() => -1 as const));
const ulimitNames = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];
const ulimit = z
  .union(
    [limit.transform((value) => ({ soft: value, hard: value })), mapping({ soft: limit, hard: limit })],
    must('a number, or a mapping of soft and hard'),
  )
  .refine(({ soft, hard }) => hard === -1 || (soft !== -1 && soft <= hard), {
    error: 'has a soft limit above the hard one',
  });

export const ulimitsField = z
  .record(text(`one of ${ulimitNames.join(', ')}`, new RegExp(`^(${ulimitNames.join('|')})$`)), ulimit)
  .transform((limits) => Object.entries(limits).map(([name, { soft, hard }]) => ({ name, soft, hard })));

const drivers = ['json-file', 'local', 'journald', 'none'] as const;
const rotation = { 'max-size': '10m', 'max-file': '3' };

/** Drivers that send logs elsewhere do so with the engine's rights, from the host's network: not for a repository to choose. */
export const loggingField = composeMapping({
  driver: z.enum(drivers, must(`one of ${drivers.join(', ')}`)).prefault('json-file'),
  options: mapping({
    'max-size': text('a size such as 10m', /^\d{1,6}[kmg]?$/i).optional(),
    'max-file': text('a number of files such as "3"', /^[1-9]\d{0,2}$/).optional(),
    compress: text('true or false', /^(true|false)$/).optional(),
    tag: z.string().optional(),
    labels: z.string().optional(),
    env: z.string().optional(),
  }).prefault({}),
})
  .prefault({})
  .transform(({ driver, options }): ContainerSpec['logging'] => {
    const given = Object.entries(options).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const rotates = driver === 'json-file' || driver === 'local';
    return { driver, options: { ...(rotates && rotation), ...Object.fromEntries(given) } };
  });

export const restartField = z
  .enum(['no', 'always', 'on-failure', 'unless-stopped'], must('no, always, on-failure or unless-stopped'))
  .prefault('unless-stopped');

const healthcheckTest = z
  .union(
    [z.string().transform((line) => ['CMD-SHELL', line]), z.array(z.string(must('a word of the command')))],
    must('a command line, or a list that begins with CMD, CMD-SHELL or NONE'),
  )
  .transform(
    orIssue((test): string[] | Wrong => {
      const [kind = '', ...words] = test;
      if (kind === 'NONE' && words.length === 0) return test;
      if ((kind === 'CMD-SHELL' && words.length === 1) || (kind === 'CMD' && words.length > 0))
        return isAlwaysGreen(words)
          ? {
              wrong:
                'is green whatever the app does, so it shows nothing: ask the app something, or write x-siskin.health',
            }
          : test;
      return { wrong: 'must begin with CMD, CMD-SHELL (and one line) or NONE' };
    }),
  );

const isAlwaysGreen = (words: string[]): boolean =>
  ['true', ':', '/bin/true', '/usr/bin/true', 'exit 0', 'echo', ''].includes(
    words.join(' ').trim().replace(/;$/, ''),
  );

/** Defaults are Docker's own. */
export const healthcheckField = composeMapping(
  {
    test: healthcheckTest.optional(),
    disable: z.union([z.boolean(), z.enum(['true', 'false'])]).optional(),
    interval: quantity(duration, 'at least 1ms', positive).prefault('30s'),
    timeout: quantity(duration, 'at least 1ms', positive).prefault('30s'),
    start_period: quantity(duration, '0s or more', notNegative).prefault('0s'),
    retries: wholeNumber(1, 1000).prefault(3),
  },
  healthcheckRefusals,
).transform(
  orIssue(({ test, disable, interval, timeout, start_period, retries }): ContainerHealthcheck | Wrong => {
    const off = disable === true || disable === 'true';
    if (!off && test === undefined)
      return { wrong: 'needs a test, for example ["CMD", "node", "healthcheck.js"]' };
    return {
      test: off || !test ? ['NONE'] : test,
      intervalMs: interval,
      timeoutMs: timeout,
      startPeriodMs: start_period,
      retries,
    };
  }),
);

const port = (written: string): number | undefined => {
  const [, digits] = /^(\d{1,5})(?:\/tcp)?$/.exec(written) ?? [];
  return Number(digits) >= 1 && Number(digits) <= 65_535 ? Number(digits) : undefined;
};

export const exposeField = z.array(
  z
    .string(must('a port such as 3000'))
    .transform(
      orIssue((written): number | Wrong => port(written) ?? { wrong: 'must be a TCP port such as "3000"' }),
    ),
);
