import { stringify } from 'yaml';
import type { Answers } from './answers.ts';

/** The name of the file with the secret, beside siskin.yaml. */
export const envFileName = 'siskin.env';

/** The variable whose value is GitHub's token. */
export const tokenVariable = 'SISKIN_GITHUB_TOKEN';

/** The text of siskin.yaml, with a comment for each thing that somebody may want to change next. @param withToken a token for GitHub is at hand */
export function siskinYaml(answers: Answers, compose: string, withToken: boolean): string {
  const { app, repo, service, branch, host, testBranch, testHost, publicUrl } = answers;
  return `# What this machine runs. Every key: docs/reference/siskin-yaml.md; \`siskin config check\` finds mistakes.

# Redis, Prometheus and the records of deployments live here.
dataDir: ./data

server:
  listen: 127.0.0.1:8080      # the webhook and the API
${publicUrl === '' ? '' : `  publicUrl: ${scalar(publicUrl)}\n`}router:
  listen: 127.0.0.1:8081      # your users' requests: point your web server here

github:
  webhookSecret: \${SISKIN_WEBHOOK_SECRET}      # in ${envFileName}
${withToken ? `  token: \${${tokenVariable}}\n` : ''}
apps:
  ${app}:
    repo: ${scalar(repo)}
    compose: ${scalar(compose)}
    service: ${scalar(service)}      # the one that answers requests
    environments:
${environment('production', branch, host)}${testBranch === '' ? '' : environment('test', testBranch, testHost)}`;
}

const environment = (name: string, branch: string, host: string): string =>
  [
    `      ${name}:`,
    `        branch: ${scalar(branch)}      # a push to it is deployed here`,
    ...(host === '' ? [] : ['        routes:', `          - host: ${scalar(host)}`]),
    '',
  ].join('\n');

/** Quoted where YAML would read something else, e.g. a branch that is called 1.0 or on. */
const scalar = (text: string): string => stringify(text, { lineWidth: 0 }).trimEnd();
