import { once } from 'node:events';
import { type Response, Router } from 'express';
import { messageOf, SiskinError } from '../domain/errors/siskin-error.ts';
import { requireRole } from './authentication.ts';
import type { ApiDependencies, FollowedEvent } from './ports.ts';
import { deploymentIdSchema } from './schemas.ts';
import { valid } from './validate.ts';

/**
 * `GET /api/v1/deployments/:id/events`: journal and log as server-sent events (`journal`, `log`), from the
 * beginning or after Last-Event-ID, with heartbeats, until the deployment ends (`end`).
 */
export function eventsRoute(dependencies: ApiDependencies): Router {
  const { history, tokens, heartbeatMs = 15_000 } = dependencies;
  const router = Router();
  router.get('/api/v1/deployments/:id/events', requireRole(tokens, 'viewer'), async (request, response) => {
    const id = valid(deploymentIdSchema, request.params.id, 'deployment');
    if ((await history.get(id)) === null) throw new SiskinError('NOT_FOUND', `There is no deployment ${id}.`);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    openStream(response);
    const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), heartbeatMs);
    try {
      await sendAll(dependencies, response, id, request.get('last-event-id'), gone.signal);
    } finally {
      clearInterval(heartbeat);
      response.end();
    }
  });
  return router;
}

function openStream(response: Response): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
}

async function sendAll(
  { follow, log }: ApiDependencies,
  response: Response,
  id: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of follow(id, cursor, signal)) {
      const roomLeft = response.write(eventText(event));
      if (!roomLeft && !signal.aborted) await once(response, 'drain', { signal });
    }
  } catch (error) {
    // The headers are sent: the client sees the stream end without `end`, and comes again with its last id.
    if (!signal.aborted)
      log.error({ deployment: id, error: messageOf(error) }, 'a stream of events broke off');
  }
}

const eventText = (event: FollowedEvent): string =>
  `id: ${event.cursor}\nevent: ${event.kind}\ndata: ${JSON.stringify(dataOf(event))}\n\n`;

function dataOf(event: FollowedEvent): unknown {
  switch (event.kind) {
    case 'journal':
      return event.entry;
    case 'log':
      return { line: event.line };
    case 'end':
      return { state: event.deployment.state, reason: event.deployment.reason };
  }
}
