import { type DeploymentView, deploymentSchema } from '../../api/schemas.ts';
import type { Client } from '../client/client.ts';
import { type DeploymentEvent, follow } from '../client/deployment-events.ts';
import type { Io } from '../terminal/io.ts';
import { LiveArea } from './area.ts';
import { frame } from './frame.ts';
import { advanceLive, freshProgress } from './progress.ts';

/** Time between two drawings, in ms. */
const redrawMs = 100;

/** Draws a deployment in place until it ends or the waiting is interrupted. @throws as `follow` and Client.get */
export async function watchLive(io: Io, client: Client, id: string): Promise<void> {
  const read = () => client.get(`/api/v1/deployments/${id}`, deploymentSchema);
  let subject: DeploymentView = await read();
  let progress = freshProgress;
  const clock = new ServerClock();
  const area = new LiveArea(io);
  const lines = () => frame(io, subject, progress, clock.now());
  const timer = setInterval(() => area.draw(lines()), redrawMs);
  try {
    for await (const event of follow(client, id, io.interrupted)) {
      clock.note(event);
      progress = advanceLive(progress, event);
      // Release, baseline and title are known after the fetch only.
      if (entersStage(event) && (subject.release === null || subject.baseline === null))
        subject = await read();
    }
  } finally {
    clearInterval(timer);
    area.close(lines());
  }
}

const entersStage = (event: DeploymentEvent): boolean =>
  event.kind === 'journal' && ['state', 'rollout-began'].includes(event.event.type);

/** The server's clock as its events tell it: the least difference seen is the one with the least delay in it. */
class ServerClock {
  #behindMs = Number.POSITIVE_INFINITY;

  note(event: DeploymentEvent): void {
    if (event.kind !== 'journal') return;
    const difference = Date.now() - Date.parse(event.at);
    if (Number.isFinite(difference)) this.#behindMs = Math.min(this.#behindMs, difference);
  }

  /** ms since the epoch. */
  now(): number {
    return Date.now() - (Number.isFinite(this.#behindMs) ? this.#behindMs : 0);
  }
}
