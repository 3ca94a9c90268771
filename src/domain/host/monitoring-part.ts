import type { HostAnswers } from './answers.ts';
import {
  defaultMonitoring,
  type MonitoringValues,
  monitoringFiles,
  monitoringSecrets,
} from './monitoring.ts';
import { hostNames } from './names.ts';
import type { HostFile, Producer } from './plan.ts';

/** Metrics, logs, traces and alerts, with the token that lets Prometheus read Siskin's figures. */
export const monitoringPart: Producer = (answers) => {
  const values = monitoringValues(answers);
  const files = monitoringFiles.map(({ path, template, mode }): HostFile => {
    return { path, template, mode: path.endsWith('/.env') ? 0o600 : mode, values, secrets: [] };
  });
  const needed = monitoringSecrets.filter((secret) => secret.needed(values));
  return {
    parts: [{ name: 'monitoring', about: 'metrics, logs, traces and alerts' }],
    files: [...files, ...needed.map(({ path }) => secretFile(path))],
    siskinYaml: [
      '# For Prometheus: /metrics and /sd/prometheus.',
      `api: { tokens: [{ name: monitoring, role: viewer, hash: "\${MONITORING_TOKEN_HASH}" }] }`,
    ],
  };
};

function monitoringValues({ project, slackChannel, email, smtp }: HostAnswers): MonitoringValues {
  const { network } = hostNames(project);
  const mail =
    email === '' || smtp === '' ? null : { to: email, from: email, smarthost: smtp, username: email };
  return {
    ...defaultMonitoring,
    network,
    slackChannel: slackChannel === '' ? null : slackChannel,
    email: mail,
  };
}

/** Those that are made here; what others gave is for the operator to fill in. */
const made: Readonly<Record<string, string>> = {
  'monitoring/secrets/siskin-token': 'monitoring-token',
  'monitoring/secrets/grafana-password': 'grafana',
};

/** Containers read it as users of their own: its folder, 0700, keeps everybody else away. */
function secretFile(path: string): HostFile {
  const name = made[path];
  if (name === undefined) return { path, mode: 0o444, text: 'CHANGE-ME\n' };
  return { path, mode: 0o444, template: 'host/secret.eta', values: { name }, secrets: [name] };
}
