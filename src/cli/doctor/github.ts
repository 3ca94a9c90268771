import { openGithub } from '../../../workers/github.ts';
import { webhookUrl } from '../../../workers/webhooks.ts';
import type { GithubApi } from '../../adapters/github/api.ts';
import { GithubFailure } from '../../adapters/github/failure.ts';
import { GithubHooks } from '../../adapters/github/hooks.ts';
import { refusalsOf } from '../../adapters/github/probe.ts';
import { faultsOf, hooksOf } from '../../adapters/github/register-webhook.ts';
import type { SiskinConfig } from '../../config/siskin-config.ts';
import { fullName, type GithubRepository } from '../../domain/github/repository.ts';
import { outcomeOf } from '../webhook/answer.ts';
import { type Finding, fail, ok, type Subject, warn } from './finding.ts';

/** The token or App, what it may do, and the webhook, for each repository on that GitHub. */
export async function checkGithub({ config }: Subject): Promise<Finding[]> {
  if (config === null) return [];
  const api = await openGithub(config);
  if (api === null)
    return [ok('github', 'nothing is told there: siskin.yaml has neither github.token nor github.app')];
  const apps = new Map<string, { app: string; repository: GithubRepository }>();
  for (const { app, repository: address } of config.apps) {
    const repository = api.repository(address);
    if (repository && !apps.has(fullName(repository))) apps.set(fullName(repository), { app, repository });
  }
  if (apps.size === 0)
    return [
      warn('github', `no app's repository is there`, `Look at github.apiUrl (${api.apiUrl}) and each repo.`),
    ];
  const findings: Finding[] = [];
  for (const { app, repository } of apps.values())
    findings.push(...(await told(api, repository, config)), ...(await hooked(api, repository, config, app)));
  return findings;
}

async function told(
  api: GithubApi,
  repository: GithubRepository,
  { github }: SiskinConfig,
): Promise<Finding[]> {
  return answered(async () => {
    const refusals = await refusalsOf(api, repository, github);
    if (refusals.length > 0) return refusals.map(({ message, hint }) => fail('github', message, hint));
    return [ok('github', `${fullName(repository)}: may be told of deployments`)];
  });
}

async function hooked(
  api: GithubApi,
  repository: GithubRepository,
  config: SiskinConfig,
  app: string,
): Promise<Finding[]> {
  const name = fullName(repository);
  if (config.server.publicUrl === undefined) {
    const advice = 'Set server.publicUrl, so that GitHub can be told where to send pushes.';
    return [warn('webhook', `${name}: not looked at`, advice)];
  }
  return answered(async () => {
    const hooks = new GithubHooks(api, repository);
    const [ours] = hooksOf(await hooks.list(), webhookUrl(config));
    const register = `Run \`siskin webhook register ${app}\`.`;
    if (!ours) return [fail('webhook', `${name}: none leads to ${webhookUrl(config)}`, register)];
    const faults = faultsOf(ours);
    if (faults.length > 0) return [fail('webhook', `${name}: ${faults.join(', ')}`, register)];
    const [last] = await hooks.deliveries(ours.id, 1);
    if (!last)
      return [warn('webhook', `${name}: nothing was delivered yet`, `Try \`siskin webhook test ${app}\`.`)];
    const { answer } = await hooks.delivery(ours.id, last.id);
    const { outcome, text } = outcomeOf(last.status_code, last.status, answer);
    const detail = `${name}: the last delivery (${last.event}) was ${outcome}: ${text}`;
    if (!['refused', 'unreached', 'strange'].includes(outcome)) return [ok('webhook', detail)];
    return [fail('webhook', detail, `See \`siskin webhook list ${app}\`, and docs/guides/github.md.`)];
  });
}

async function answered(look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof GithubFailure) return [fail('github', error.message, error.hint)];
    throw error;
  }
}
