import { z } from 'zod';
import type { AuditRecord } from '../domain/audit.ts';
import { type Deployment, isEndState } from '../domain/deployment.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { type EnvironmentKey, environmentId, releaseName } from '../domain/names.ts';
import type { NoticeAct } from '../domain/notice/acts.ts';
import type { Notice } from '../domain/notice/notice.ts';
import type { HistoryFacts, StatusFacts, WhyFacts } from '../domain/texts/answers.ts';
import type { Operations, Who } from '../intake/slack/ports.ts';
import { type Acting, type Asked, command, deploy, rollBack } from './actions.ts';
import { freeze, unfreeze } from './freezing.ts';
import type { ApiDependencies, AuditLog } from './ports.ts';

export interface SlackOperationsDependencies extends Acting, Pick<ApiDependencies, 'apps'> {
  audit: Pick<AuditLog, 'page'>;
}

/** How many of an environment's pushes are looked through for those that it ignored. */
const pushesLookedAt = 500;
const mostLines = 10;

/** What people do from Slack, by the very functions of the API. */
export function slackOperations(dependencies: SlackOperationsDependencies): Operations {
  const { apps, audit, history } = dependencies;
  const environments = () =>
    apps().flatMap(({ app, environments: own }) =>
      own.map(({ environment, branch }) => ({ key: { app, environment }, branch })),
    );
  const branchOf = ({ app, environment }: EnvironmentKey): string => {
    const found = environments().find(({ key }) => key.app === app && key.environment === environment);
    if (found) return found.branch;
    throw new SiskinError('NOT_FOUND', `There is no environment ${app}/${environment} in siskin.yaml.`);
  };
  const askedOf = ({ app, environment }: EnvironmentKey, who: Who): Asked => {
    const key = { app, environment };
    return { key, branch: branchOf(key), ...who };
  };
  const newest = async ({ app, environment }: EnvironmentKey): Promise<HistoryFacts[]> =>
    (await history.list({ app, environment, limit: mostLines })).map(historyFacts);
  return {
    environments: () => environments().map(({ key }) => key),
    act: (act, notice, who) => doTo(dependencies, act, notice, askedOf(notice, who)),
    deploy: async (key, what, who) => idOf(await deploy(dependencies, askedOf(key, who), what)),
    rollBack: async (key, release, who) =>
      idOf(await rollBack(dependencies, askedOf(key, who), release === null ? {} : { release })),
    history: newest,
    status: async (key): Promise<StatusFacts> => {
      const { current, previous, frozen } = await history.environment(key);
      const [last] = await newest(key);
      return {
        where: environmentId(key),
        branch: branchOf(key),
        current,
        previous,
        frozen,
        newest: last ?? null,
      };
    },
    ignoredPushes: async ({ app, environment }) => {
      const pushes = await audit.page({ app, environment, action: 'push' }, pushesLookedAt, undefined);
      return ignoredPushes(pushes.entries, { app, environment });
    },
  };
}

/** Aimed at the deployment of the message, not at whichever runs by now. */
async function doTo(dependencies: Acting, act: NoticeAct, notice: Notice, asked: Asked): Promise<void> {
  const { deployment, state, target, commit } = notice;
  if (act === 'freeze') await freeze(dependencies, asked, { reason: 'by a button in Slack' });
  else if (act === 'unfreeze') await unfreeze(dependencies, asked);
  else if (act === 'retry') await deploy(dependencies, asked, retryOf(target, commit));
  else if (act === 'rollback' && isEndState(state)) await rollBack(dependencies, asked, {});
  else await command(dependencies, asked, deployment, act);
}

/** The very commit or release that it was to bring. */
function retryOf(target: Notice['target'], commit: Notice['commit']): { sha?: string; release?: string } {
  if (target.kind === 'release') return { release: releaseName(target.release) };
  if (target.kind === 'commit') return { sha: target.sha };
  return commit === null ? {} : { sha: commit.sha };
}

const idOf = ({ deployment }: { deployment: string | null }): string => deployment ?? '–';

const historyFacts = ({
  id,
  state,
  release,
  sha,
  title,
  actor,
  reason,
  createdAt,
}: Deployment): HistoryFacts => ({
  deployment: id,
  state,
  release,
  commit: sha?.slice(0, 7) ?? null,
  title: title ?? '',
  actor: actor.name,
  reason,
  at: createdAt,
});

const pushDetail = z.object({ ref: z.string(), after: z.string(), ignored: z.array(z.string()) });

/** The audit log has one entry per delivery, with `app/environment: reason` for each that ignored it. */
function ignoredPushes(pushes: readonly AuditRecord[], key: EnvironmentKey): WhyFacts[] {
  const prefix = `${environmentId(key)}: `;
  return pushes
    .flatMap(({ at, actor, detail }) => {
      const push = pushDetail.safeParse(detail).data;
      const ignored = push?.ignored.find((one) => one.startsWith(prefix));
      if (!push || ignored === undefined) return [];
      const reason = ignored.slice(prefix.length);
      return [{ at, ref: push.ref, commit: push.after.slice(0, 7), pusher: actor.name, reason }];
    })
    .slice(0, mostLines);
}
