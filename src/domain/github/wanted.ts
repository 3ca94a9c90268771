import type { EnvironmentKey } from '../names.ts';
import type { Notice } from '../notice/notice.ts';
import { plainLine } from './plain.ts';
import { type CommitState, type DeploymentStatusState, toldOf } from './told.ts';

/** What GitHub keeps with a deployment of ours, so that it is known again. */
export interface DeploymentMark extends EnvironmentKey {
  /** `d42`. */
  deployment: string;
  /** ISO 8601: a number can come again when the records were lost, not at the same moment. */
  createdAt: string;
  /** Where this Siskin is reached; null when it did not say. */
  instance: string | null;
}

/** What GitHub is to show of one Siskin deployment. */
export interface WantedOnGithub {
  sha: string;
  deployment: {
    environment: string;
    production: boolean;
    description: string;
    mark: DeploymentMark;
    /** It is of no use to make one now only to say that a newer one took its place. */
    worthCreating: boolean;
  };
  status: {
    state: DeploymentStatusState;
    description: string;
    environmentUrl: string | null;
    logUrl: string | null;
  };
  commit: { context: string; state: CommitState; description: string; targetUrl: string | null };
}

export interface GithubView {
  /** Several apps have this repository: then their environments are called `app/environment`. */
  shared: boolean;
  /** How people reach this Siskin, without trailing slash. */
  publicUrl: string | null;
}

/** Pure. @returns null while the commit is not known: GitHub knows deployments of commits only */
export function wantedOnGithub(notice: Notice, { shared, publicUrl }: GithubView): WantedOnGithub | null {
  if (notice.commit === null) return null;
  const { app, environment, deployment, createdAt } = notice;
  const name = shared ? `${app}/${environment}` : environment;
  const told = toldOf(notice);
  const page = publicUrl === null ? null : `${publicUrl}/deployments/${deployment}`;
  return {
    sha: notice.commit.sha,
    deployment: {
      environment: name,
      production: environment === 'production',
      description: plainLine(`${deployment} by ${notice.actor.name}`),
      mark: { deployment, app, environment, createdAt, instance: publicUrl },
      worthCreating: notice.state !== 'superseded',
    },
    status: {
      state: told.deployment,
      description: told.sentence,
      environmentUrl: notice.environmentUrl,
      logUrl: page,
    },
    commit: {
      context: `siskin/${name}`,
      state: told.commit,
      description: plainLine(`${deployment}: ${commitSentence(told)}`),
      targetUrl: page,
    },
  };
}

/** A commit is told once that it is under way, so not how far. */
const commitSentence = ({ commit, sentence }: ReturnType<typeof toldOf>): string =>
  commit === 'pending' ? 'being deployed' : sentence;

/** The deployment that a commit status of ours tells of, by its description; null when it is none of ours. */
export const tellsOf = (description: string | null): number | null => {
  const [, number] = /^d(\d{1,15}): /.exec(description ?? '') ?? [];
  return number === undefined ? null : Number(number);
};

/** `d42` → 42. */
export const deploymentNumber = (id: string): number => Number(id.slice(1));
