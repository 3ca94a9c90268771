import type { MonitoringValues } from './monitoring.ts';

/** A value that may not stand where the templates write it. */
export interface WrongValue {
  /** Such as `thresholds.slowSeconds`. */
  name: string;
  value: unknown;
  /** Ends "… must be". */
  expected: string;
}

type Rule = [expected: string, holds: (value: unknown) => boolean];

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const orNull = ([expected, holds]: Rule): Rule => [
  `${expected}, or absent`,
  (value) => value === null || holds(value),
];
const isNumber = (least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && value >= least && value <= most;

const address: Rule = ['an address like server:8080', matches(/^[A-Za-z0-9.-]{1,253}:\d{1,5}$/)];
const url: Rule = ['an http or https URL', matches(/^https?:\/\/[A-Za-z0-9.:[\]/_-]{1,300}$/)];
const name: Rule = [
  'a name of letters, digits, dots and dashes',
  matches(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/),
];
const metric: Rule = [
  'a metric’s name like messages_sent_total',
  matches(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/),
];
const duration: Rule = ['a time like 15m', matches(/^[1-9]\d{0,4}(s|m|h|d)$/)];
const share: Rule = ['a number over 0, at most 1', (value) => isNumber(0, 1)(value) && value !== 0];
const count: Rule = ['a number from 0 on', isNumber(0, 1e9)];
const mail: Rule = ['a mail address', matches(/^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}$/)];
const word: Rule = ['letters, digits and . _ @ + -', matches(/^[A-Za-z0-9._@+-]{1,200}$/)];
const flag: Rule = ['true or false', (value) => typeof value === 'boolean'];

const rules: Record<keyof MonitoringValues, Rule | Record<string, Rule>> = {
  siskin: address,
  siskinScheme: ['http or https', matches(/^https?$/)],
  router: orNull(address),
  federate: orNull(address),
  grafanaUrl: url,
  prometheusUrl: url,
  alertmanagerUrl: url,
  runbooks: ['a URL or a path', matches(/^[A-Za-z0-9.:/_-]{1,300}$/)],
  network: name,
  databaseNetwork: orNull(name),
  lokiUrl: url,
  lokiListen: orNull(['an IPv4 address', matches(/^\d{1,3}(\.\d{1,3}){3}$/)]),
  collectorsListen: orNull(['an IPv4 address', matches(/^\d{1,3}(\.\d{1,3}){3}$/)]),
  logLines: ['a whole number from 1 on', (value) => Number.isInteger(value) && isNumber(1, 1e6)(value)],
  redisExporter: orNull(address),
  postgresExporter: orNull([
    'host:port/database',
    matches(/^[A-Za-z0-9.-]{1,253}:\d{1,5}\/[A-Za-z0-9_-]{1,63}$/),
  ]),
  cadvisor: flag,
  slackChannel: orNull(['a channel like #alerts', matches(/^[#@]?[\p{L}\p{N}._-]{1,80}$/u)]),
  email: { to: mail, from: mail, smarthost: address, username: word },
  thresholds: {
    errorShare: share,
    minRate: ['a number over 0', (value) => count[1](value) && value !== 0],
    slowSeconds: count,
    appCpuShare: share,
    appHeapShare: share,
    hostCpuShare: share,
    hostMemoryShare: share,
    diskFreeShare: share,
    redisPublishFailures: count,
    websocketFailureShare: share,
    deliveryImbalance: count,
    queueSeconds: count,
    heldFor: duration,
    backupMaxAgeHours: count,
    certificateDays: count,
  },
  metrics: {
    messagesSent: metric,
    messagesReceived: metric,
    logins: metric,
    websocketDelivered: metric,
    websocketFailed: metric,
    redisPublished: metric,
    redisFailed: metric,
    websocketConnections: metric,
  },
  retention: {
    metrics: duration,
    metricsSize: ['a size like 2GB', matches(/^[1-9]\d{0,5}(MB|GB|TB)$/)],
    logs: ['hours like 168h', matches(/^[1-9]\d{0,5}h$/)],
  },
};

/**
 * What is wrong with values before a template is filled in: they end up in YAML, PromQL and Alloy's language, where a
 * quote or a line break would be syntax. Pure.
 */
export const wrongMonitoringValues = (values: MonitoringValues): WrongValue[] =>
  Object.entries(rules).flatMap(([name, rule]) => wrongIn(name, entryOf(values, name), rule));

function wrongIn(name: string, value: unknown, rule: Rule | Record<string, Rule>): WrongValue[] {
  if (Array.isArray(rule)) {
    const [expected, holds] = rule;
    return holds(value) ? [] : [{ name, value, expected }];
  }
  if (name === 'email' && value === null) return [];
  return Object.entries(rule).flatMap(([inner, one]) =>
    wrongIn(`${name}.${inner}`, entryOf(value, inner), one),
  );
}

const entryOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
