import { isBranchName } from '../../config/siskin/git-branch.ts';
import { repositoryProblem } from '../../config/siskin/repository-address.ts';
import { isRouteHost, isRoutePath } from '../../config/siskin/route-syntax.ts';
import { namePattern } from '../../domain/names.ts';

/** What `siskin init` must know; all texts, as they were typed. */
export interface Answers {
  repo: string;
  app: string;
  branch: string;
  /** Empty: no test environment. */
  testBranch: string;
  service: string;
  port: string;
  health: string;
  host: string;
  /** Empty: none; asked only with a test branch. */
  testHost: string;
  /** Where GitHub reaches this machine; empty: not known yet. */
  publicUrl: string;
  /** Where siskin.yaml is written. */
  config: string;
}
export type Question = keyof Answers;

interface QuestionText {
  message: string;
  /** The option that answers it. */
  flag: string;
  about: string;
  /** @returns what is wrong with an answer; undefined when it is right */
  problem(answer: string): string | undefined;
}

const one = (holds: (answer: string) => boolean, expected: string) => (answer: string) =>
  holds(answer) ? undefined : `It must be ${expected}.`;

const name = one(
  (answer) => namePattern.test(answer),
  '1 to 41 of a-z, 0-9 and -, and begin with a letter or digit',
);
const orEmpty = (problem: (answer: string) => string | undefined) => (answer: string) =>
  answer === '' ? undefined : problem(answer);
const branch = one(isBranchName, 'the name of a branch, e.g. release');
const host = one(isRouteHost, 'a host name, e.g. shop.example.com');

const isWebAddress = (answer: string): boolean => /^https?:\/\/[^\s/]/.test(answer) && URL.canParse(answer);

/** In the order in which they are asked. */
export const questions: Record<Question, QuestionText> = {
  repo: {
    message: "The repository's address",
    flag: '--repo <address>',
    about: "the repository's address (else the remote of the current folder)",
    problem: (answer) => {
      const problem = repositoryProblem(answer);
      return problem === undefined ? undefined : `It ${problem}.`;
    },
  },
  app: {
    message: 'The name of the app',
    flag: '--app <name>',
    about: "the app's name (else the repository's)",
    problem: name,
  },
  branch: {
    message: 'The branch that production follows',
    flag: '--branch <branch>',
    about: 'the branch that production follows',
    problem: branch,
  },
  testBranch: {
    message: 'A branch for a test environment, or nothing',
    flag: '--test-branch <branch>',
    about: 'the branch of a test environment; none unless told',
    problem: orEmpty(branch),
  },
  service: {
    message: 'The service of the Compose file that answers requests',
    flag: '--service <name>',
    about: 'the service of the Compose file that answers requests',
    problem: one((answer) => /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/.test(answer), "a service's name, e.g. web"),
  },
  port: {
    message: 'The port that it listens on in its container',
    flag: '--port <port>',
    about: 'the port that it listens on in its container',
    problem: one(
      (answer) => /^\d{1,5}$/.test(answer) && Number(answer) >= 1 && Number(answer) <= 65_535,
      'a port from 1 to 65535',
    ),
  },
  health: {
    message: 'The path that answers 200 when it is well',
    flag: '--health <path>',
    about: 'the path that answers 200 when it is well',
    problem: one(isRoutePath, 'a path that begins with /, e.g. /healthz'),
  },
  host: {
    message: 'The host name that your users ask for',
    flag: '--host <name>',
    about: 'the host name that users ask for',
    problem: host,
  },
  testHost: {
    message: 'The host name of the test environment',
    flag: '--test-host <name>',
    about: 'the host name of the test environment',
    problem: orEmpty(host),
  },
  publicUrl: {
    message: 'The address at which GitHub reaches this machine, or nothing',
    flag: '--public-url <url>',
    about: 'the address at which GitHub reaches this machine; needed to register the webhook',
    problem: orEmpty(one(isWebAddress, 'an address such as https://deploy.example.com')),
  },
  config: {
    message: 'Where to write siskin.yaml',
    flag: '--config <file>',
    about: '',
    problem: one((answer) => answer.trim() !== '' && !/\p{Cc}/u.test(answer), 'the path of a file'),
  },
};
