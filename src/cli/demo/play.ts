import { type DeploymentView, deploymentSchema, eventDataSchemas } from '../../api/schemas.ts';
import type { Client } from '../client/client.ts';
import type { Io } from '../terminal/io.ts';
import { startHttpLoad } from './load.ts';
import type { LoadResult, LoadRun } from './load-run.ts';
import type { DemoRelease } from './releases.ts';
import type { DemoRepository } from './repository.ts';
import { sendPush } from './webhook.ts';

/** What the demo says of a release; the contract of `--json`. */
export interface DemoFigures {
  release: string;
  sha: string;
  outcome: string;
  /** From the push to the end of the deployment. */
  seconds: number;
  requests: number;
  failedRequests: number;
  /** Those of the failed requests that the new release answered. */
  failedOnCanary: number;
  reason: string | null;
}

export interface Stage {
  api: string;
  router: string;
  host: string;
  secret: string;
  client: Client;
  repository: DemoRepository;
}

const requestsPerSecond = 60;

/** Commits and pushes one release, under load where something serves already, and waits for its end. */
export async function playRelease(stage: Stage, release: DemoRelease, io: Io): Promise<DemoFigures> {
  const { api, secret, repository, client } = stage;
  const sha = await repository.commit(release);
  const first = release.name === 'r1';
  let load = first ? undefined : startLoad(stage);
  io.write(`${release.name}:`);
  const began = performance.now();
  const id = await sendPush(api, secret, repository.path, sha);
  for await (const event of client.events(`/api/v1/deployments/${id}/events`, null, io.interrupted)) {
    if (event.event === 'end') break;
    const state = event.event === 'journal' ? stateIn(event.data) : undefined;
    if (state !== undefined) io.write(` ${state}`);
    // the first deployment serves from its watch on
    if (state === 'watching') load ??= startLoad(stage);
  }
  io.write('\n');
  const seconds = (performance.now() - began) / 1000;
  const view = await client.get(`/api/v1/deployments/${id}`, deploymentSchema);
  return figures(release, view, seconds, await load?.stop());
}

const startLoad = ({ router, host }: Stage): LoadRun =>
  startHttpLoad({ origin: router, host, ratePerSecond: requestsPerSecond });

/** The state that a journal entry enters; undefined for every other entry. */
function stateIn(data: string): string | undefined {
  const { event } = eventDataSchemas.journal.parse(JSON.parse(data));
  return event.type === 'state' && typeof event.state === 'string' ? event.state : undefined;
}

function figures(
  { name }: DemoRelease,
  view: DeploymentView,
  seconds: number,
  result: LoadResult | undefined,
): DemoFigures {
  return {
    release: name,
    sha: view.sha ?? '',
    outcome: view.state,
    seconds: Math.round(seconds * 10) / 10,
    requests: result?.requests ?? 0,
    failedRequests: result?.failed ?? 0,
    failedOnCanary: result?.failedByRelease[name] ?? 0,
    reason: view.reason,
  };
}
