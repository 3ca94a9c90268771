import type { Env } from '../../config/env.ts';
import { ProblemsError } from '../../config/problems.ts';
import {
  type ListenAddress,
  loadSiskinConfig,
  type SiskinConfig,
  type SlackConfig,
} from '../../config/siskin-config.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type Finding, fail, ok, type Subject, warn } from './finding.ts';

const defaults: Subject = {
  dataDir: './data',
  serverListen: '127.0.0.1:8080',
  routerListen: '127.0.0.1:8081',
  redis: null,
  prometheusUrl: null,
  dockerHost: 'unix:///var/run/docker.sock',
  config: null,
  slack: null,
};

/** siskin.yaml itself, and what the other checks look at: the defaults where it cannot be read. */
export async function checkConfig(
  path: string,
  env: Env,
): Promise<{ subject: Subject; config?: SiskinConfig; findings: Finding[] }> {
  try {
    const config = await loadSiskinConfig(path, env);
    return { subject: subjectOf(config), config, findings: judgeConfig(config) };
  } catch (error) {
    if (!(error instanceof SiskinError)) throw error;
    return { subject: defaults, findings: findingsOf(path, error) };
  }
}

function findingsOf(path: string, error: SiskinError): Finding[] {
  if (error.code === 'CONFIG_MISSING')
    return [warn('config', `there is no ${path}: checked with the defaults`, error.hint)];
  const messages = error instanceof ProblemsError ? error.message.split('\n') : [error.message];
  return messages.map((message) => fail('config', message, error.hint));
}

/** What is valid, but leaves Siskin with nothing to do. */
export function judgeConfig({ file, apps, github, api }: SiskinConfig): Finding[] {
  const findings = [
    ok('config', `${file} is right; apps: ${apps.map(({ app }) => app).join(', ') || 'none'}`),
  ];
  if (apps.length === 0)
    findings.push(warn('config', 'there are no apps', 'Write one under apps in siskin.yaml.'));
  if (github.webhookSecrets.length === 0) {
    const advice = 'Set github.webhookSecret: until then no push can be verified, and none is accepted.';
    findings.push(warn('config', 'there is no webhook secret', advice));
  }
  if (api.tokens.length === 0) {
    const advice = '`siskin token new NAME` makes one for people and scripts on other machines.';
    findings.push(warn('config', 'there are no API tokens', advice));
  }
  return findings;
}

const subjectOf = (config: SiskinConfig): Subject => ({
  dataDir: config.dataDir,
  serverListen: text(config.server.listen),
  routerListen: config.router.socket === undefined ? text(config.router.listen) : null,
  redis: config.redis ?? null,
  prometheusUrl: config.prometheus?.url ?? null,
  dockerHost: config.docker.host,
  config,
  slack:
    config.slack === undefined
      ? null
      : { config: config.slack, channels: channelsOf(config.slack, config.apps) },
});

/** Every channel that is told of some environment, once. */
const channelsOf = (slack: SlackConfig, apps: SiskinConfig['apps']): string[] => {
  const common = slack.kind === 'bot' ? slack.channel : undefined;
  const all = apps.flatMap(({ environments }) => environments.map((one) => one.slack?.channel ?? common));
  return [...new Set(all)].filter((one) => one !== undefined);
};

const text = ({ host, port }: ListenAddress): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
