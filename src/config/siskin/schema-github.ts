import * as z from 'zod';
import { checkedText, mapping, must, text, truth, wholeNumber } from '../fields.ts';

const secretExpected = 'a secret of 16 to 512 characters';
const webhookSecret = z
  .string(must(secretExpected))
  .refine((secret) => secret.length >= 16 && secret.length <= 512, must(secretExpected));
const oneOrTwo = must('one secret, or a list of one or two');

const app = mapping({
  id: wholeNumber(1, 2_147_483_647).describe('The App’s id, as its settings page shows it.'),
  privateKeyFile: text('the path of the App’s private key', /^\P{Cc}{1,1024}$/u).describe(
    'A PEM file that no other user can read; relative to this file.',
  ),
  installationId: wholeNumber(1, 2_147_483_647)
    .optional()
    .describe('Absent: found by each repository, so that one App may be installed in several places.'),
});

const defaultApi = 'https://api.github.com';
const apiExpected = `the address of GitHub's API, such as ${defaultApi}`;

/**
 * github.com has its API at api.github.com, GitHub Enterprise Cloud with data residency at api.NAME.ghe.com, and GitHub
 * Enterprise Server below its own name (docs.github.com, "Getting started with the REST API").
 */
function apiProblem(address: string): string | undefined {
  if (!/^[\x21-\x7e]{1,1024}$/.test(address) || !URL.canParse(address)) return `must be ${apiExpected}`;
  const { protocol, hostname, pathname, username, password, search, hash } = new URL(address);
  if (username !== '' || password !== '') return 'has a user or password in it: use github.token';
  if (search !== '' || hash !== '') return `must be ${apiExpected}`;
  const local = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && local))
    return 'must use https://, for the token goes there';
  const path = pathname.replace(/\/+$/, '');
  const ofCloud = hostname === 'api.github.com' || /^api\.[^.]+\.ghe\.com$/.test(hostname);
  if (ofCloud) return path === '' ? undefined : `must be ${protocol}//${hostname} without a path`;
  if (hostname === 'github.com') return `is not GitHub's API: that is ${defaultApi}`;
  return path === '/api/v3'
    ? undefined
    : `must end in /api/v3 on GitHub Enterprise Server: https://${hostname}/api/v3`;
}

/** What Siskin has to do with GitHub. Either a token or an App; neither: pushes are received, and nothing is told. */
export const githubSchema = mapping({
  webhookSecret: z
    .union([webhookSecret, z.array(webhookSecret).min(1, oneOrTwo).max(2, oneOrTwo)])
    .optional()
    .describe('The webhook’s secret; two of them, the new one first, while you rotate it.'),
  token: text('a token of GitHub', /^[\x21-\x7e]{8,255}$/)
    .optional()
    .describe('With which deployments are told and webhooks registered; or app.'),
  app: app.optional().describe('A GitHub App instead of a token.'),
  apiUrl: checkedText(apiExpected, apiProblem)
    .transform((address) => address.replace(/\/+$/, ''))
    .prefault(defaultApi)
    .describe('GitHub Enterprise Server: https://HOST/api/v3.'),
  deployments: truth().optional().describe('Whether deployments are shown on GitHub; true by default.'),
  statuses: truth().optional().describe('Whether commits get a status on GitHub; true by default.'),
});
