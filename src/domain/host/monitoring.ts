import { defaultAppMetrics } from './monitoring-metrics.ts';

/** A file of the bundle: made from a template (filled in when its name ends in `.eta`), at a path, with a mode. */
export interface MonitoringFile {
  /** Below deploy-templates. */
  template: string;
  /** Below the bundle's folder. */
  path: string;
  mode: number;
}

/** A file that only its owner can write: the compose file mounts it, and no template holds it. */
export interface MonitoringSecret {
  path: string;
  holds: string;
  /** Whether the stack needs it with these values. */
  needed: (values: MonitoringValues) => boolean;
}

/** What the templates call `it`. Addresses are `host:port` as the monitoring containers reach them. */
export interface MonitoringValues {
  /** Siskin's server: `/metrics` and `/sd/prometheus`. */
  siskin: string;
  siskinScheme: 'http' | 'https';
  /** The router's exporter; null where only Siskin's own Prometheus reaches it. */
  router: string | null;
  /**
   * Siskin's own Prometheus, to take apps and router from; null where the apps' containers can be reached. From another
   * machine they cannot.
   */
  federate: string | null;
  /** Where Grafana and Prometheus can be opened, for the links in messages. */
  grafanaUrl: string;
  prometheusUrl: string;
  alertmanagerUrl: string;
  /** Page with what to do about each alert. */
  runbooks: string;
  /** External Docker network where apps, router and Siskin are. */
  network: string;
  /** Another one, where databases are that the exporters ask; null without. */
  databaseNetwork: string | null;
  /** Where Alloy sends logs. */
  lokiUrl: string;
  /** Address of the host where Loki takes the logs of other machines, without a port; null: of this one alone. */
  lokiListen: string | null;
  /** Address of the host where its exporters answer a Prometheus on another machine, without a port; null: nowhere. */
  collectorsListen: string | null;
  /** Lines a second that one app may log; more are dropped. */
  logLines: number;
  /** Exporters beside node-exporter. Each needs its server. */
  redisExporter: string | null;
  postgresExporter: string | null;
  cadvisor: boolean;
  slackChannel: string | null;
  email: Email | null;
  thresholds: Thresholds;
  /** The app's own names: Micrometer and Spring Boot settle the others. */
  metrics: typeof defaultAppMetrics;
  retention: { metrics: string; metricsSize: string; logs: string };
}

export interface Email {
  to: string;
  from: string;
  smarthost: string;
  username: string;
}

/** When an alert fires. Shares are 0 to 1, rates per second, times in seconds unless they end in a unit. */
export interface Thresholds {
  errorShare: number;
  /** Fewer requests (messages) than that prove nothing: no share is computed of them. */
  minRate: number;
  slowSeconds: number;
  appCpuShare: number;
  appHeapShare: number;
  hostCpuShare: number;
  hostMemoryShare: number;
  diskFreeShare: number;
  redisPublishFailures: number;
  websocketFailureShare: number;
  /** (most − least) ÷ average of the replicas' deliveries. */
  deliveryImbalance: number;
  queueSeconds: number;
  heldFor: string;
  backupMaxAgeHours: number;
  certificateDays: number;
}

export const defaultThresholds: Thresholds = {
  errorShare: 0.05,
  minRate: 0.1,
  slowSeconds: 1,
  appCpuShare: 0.85,
  appHeapShare: 0.9,
  hostCpuShare: 0.85,
  hostMemoryShare: 0.9,
  diskFreeShare: 0.1,
  redisPublishFailures: 3,
  websocketFailureShare: 0.02,
  deliveryImbalance: 1,
  queueSeconds: 60,
  heldFor: '15m',
  backupMaxAgeHours: 26,
  certificateDays: 14,
};

/** Beside Siskin's own containers (docs/guides/containers.md), on one machine. */
export const defaultMonitoring: MonitoringValues = {
  siskin: 'server:8080',
  siskinScheme: 'http',
  router: 'router:8404',
  federate: null,
  grafanaUrl: 'http://127.0.0.1:3000',
  prometheusUrl: 'http://127.0.0.1:9090',
  alertmanagerUrl: 'http://127.0.0.1:9093',
  runbooks: 'docs/guides/monitoring.md',
  network: 'siskin',
  databaseNetwork: null,
  lokiUrl: 'http://loki:3100',
  lokiListen: null,
  collectorsListen: null,
  logLines: 500,
  redisExporter: null,
  postgresExporter: null,
  cadvisor: false,
  slackChannel: '#alerts',
  email: null,
  thresholds: defaultThresholds,
  metrics: defaultAppMetrics,
  retention: { metrics: '15d', metricsSize: '2GB', logs: '168h' },
};

const dashboardNames = ['application', 'websocket', 'redis', 'jvm', 'siskin', 'hosts'];
const ruleGroups = ['apps', 'hosts', 'siskin'];
const readable = 0o644;

/** Every file of the monitoring folder but the secrets. */
export const monitoringFiles: readonly MonitoringFile[] = [
  ['monitoring/docker-compose.yml.eta', 'docker-compose.yml'],
  ['monitoring/env.eta', '.env'],
  ['prometheus/prometheus.yml.eta', 'prometheus/prometheus.yml'],
  ...ruleGroups.map((name) => [`prometheus/rules/${name}.yml.eta`, `prometheus/rules/${name}.yml`]),
  ...ruleGroups.map((name) => [`prometheus/tests/${name}.yml.eta`, `prometheus/tests/${name}.yml`]),
  ['alertmanager/alertmanager.yml.eta', 'alertmanager/alertmanager.yml'],
  ['grafana/datasources.yml', 'grafana/provisioning/datasources/siskin.yml'],
  ['grafana/dashboards.yml', 'grafana/provisioning/dashboards/siskin.yml'],
  ...dashboardNames.map((name) => [`grafana/dashboards/${name}.json.eta`, `grafana/dashboards/${name}.json`]),
  ['loki/loki.yml.eta', 'loki/loki.yml'],
  ['loki/config.alloy.eta', 'alloy/config.alloy'],
].map(([template = '', path = '']) => ({ template, path: `monitoring/${path}`, mode: readable }));

/**
 * What people put there, each on one line. Containers read them as users of their own, so the files are readable and
 * the folder is not: mode 0700 for `monitoring/secrets`, 0444 for what lies in it.
 */
export const monitoringSecrets: readonly MonitoringSecret[] = [
  {
    path: 'monitoring/secrets/siskin-token',
    holds: 'a viewer token of Siskin’s API, for /metrics and /sd/prometheus',
    needed: () => true,
  },
  {
    path: 'monitoring/secrets/grafana-password',
    holds: 'the password of Grafana’s user admin',
    needed: () => true,
  },
  {
    path: 'monitoring/secrets/slack-url',
    holds: 'the URL of a Slack incoming webhook',
    needed: ({ slackChannel }) => slackChannel !== null,
  },
  {
    path: 'monitoring/secrets/smtp-password',
    holds: 'the password for the mail server',
    needed: ({ email }) => email !== null,
  },
  {
    path: 'monitoring/secrets/postgres-password',
    holds: 'the password of the database’s user siskin_monitor',
    needed: ({ postgresExporter }) => postgresExporter !== null,
  },
  {
    path: 'monitoring/secrets/redis-passwords.json',
    holds: 'a JSON object from redis://host:port to its password; {} where it has none',
    needed: ({ redisExporter }) => redisExporter !== null,
  },
];
