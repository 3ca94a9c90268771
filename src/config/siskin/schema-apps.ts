import * as z from 'zod';
import { checkedText, mapping, must, nameText, notYet, text } from '../fields.ts';
import { repositoryPath, repositoryPathExpected } from '../repository-path.ts';
import { branchExpected, isBranchName } from './git-branch.ts';
import { repositoryExpected, repositoryProblem } from './repository-address.ts';
import { hostExpected, isRouteHost, isRoutePath, routePathExpected } from './route-syntax.ts';
import { accessSchema, siteSchema } from './schema-front.ts';
import { gitSchema } from './schema-git.ts';
import { environmentSecrets } from './schema-secrets.ts';
import { environmentSlackSchema } from './schema-slack.ts';

const route = mapping({
  host: z
    .string(must(hostExpected))
    .refine(isRouteHost, must(hostExpected))
    .transform((host) => host.toLowerCase()),
  path: z.string(must(routePathExpected)).refine(isRoutePath, must(routePathExpected)).prefault('/'),
});

const forcedPushes = z
  .enum(['allow', 'refuse'])
  .optional()
  .describe('Whether a branch that was pushed backwards is deployed; allow by default.');

const variableName = text('a variable name of letters, digits and _', /^[A-Za-z_][A-Za-z0-9_]{0,127}$/);
const variableValue = z.union([z.string(), z.number(), z.boolean()], must('text')).transform(String);

const environmentSchema = mapping(
  {
    branch: z
      .string(must(branchExpected))
      .refine(isBranchName, must(branchExpected))
      .describe('The branch it follows.'),
    routes: z.array(route).prefault([]).describe('Hosts and path prefixes whose requests it answers.'),
    profiles: z
      .array(text('a profile name', /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$/))
      .prefault([])
      .describe('Compose profiles that are active here.'),
    env: z
      .record(variableName, variableValue)
      .prefault({})
      .describe('Values for the variables of the Compose file.'),
    envFile: text('the path of a file', /^\P{Cc}{1,1024}$/u)
      .optional()
      .describe('A file of NAME=value lines with more of them, relative to siskin.yaml; env wins.'),
    forcedPushes,
    slack: environmentSlackSchema.optional().describe('What is otherwise in Slack for this environment.'),
    secrets: environmentSecrets,
    front: siteSchema.optional().describe('What is otherwise in the front for this environment.'),
    access: accessSchema.optional().describe('Who may reach it through the front.'),
  },
  { hooks: notYet },
);

export const appSchema = mapping(
  {
    repo: checkedText(repositoryExpected, repositoryProblem).describe(
      'https://, ssh://, git@host:path, file:/// or an absolute path.',
    ),
    compose: z
      .string(must(repositoryPathExpected))
      .transform((path, ctx) => {
        const inside = repositoryPath(path);
        if (inside !== undefined && inside !== '.') return inside;
        ctx.addIssue({ code: 'custom', message: `must be ${repositoryPathExpected}` });
        return z.NEVER;
      })
      .prefault('docker-compose.yml')
      .describe('The Compose file, relative to the repository.'),
    service: nameText().describe('The Compose service to deploy.'),
    git: gitSchema.optional().describe('What a private repository needs; submodules and Git LFS.'),
    forcedPushes,
    environments: z
      .record(nameText(), environmentSchema)
      .refine(
        (environments) => Object.keys(environments).length > 0,
        must('a mapping of at least one environment'),
      ),
  },
  {
    services: `${notYet}; name one service under service`,
    paths: notYet,
    access: 'stands under each environment, not here',
    front: 'stands under each environment, or for all at the top of this file',
    secrets: 'stands under each environment, not here',
    hooks: notYet,
  },
);
