import { type RequestHandler, Router } from 'express';
import { isLocal, requireRole } from './authentication.ts';
import type { ApiDependencies } from './ports.ts';
import { discoveredTargets } from './scrape-targets-view.ts';

/** What machines ask: alive, ready, metrics, scrape targets. The last two need a token, except from this machine itself. */
export function operationsRoutes({ tokens, readiness, metrics, scrapeTargets }: ApiDependencies): Router {
  const router = Router();
  const viewer = requireRole(tokens, 'viewer');
  const localOrViewer: RequestHandler = (request, response, next) =>
    isLocal(request) ? next() : viewer(request, response, next);

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const checks = await checkAll(readiness);
    const ready = Object.values(checks).every((state) => state === 'ok');
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks });
  });
  router.get('/metrics', localOrViewer, async (_request, response) => {
    const { contentType, text } = await metrics();
    response.set('Content-Type', contentType).send(text);
  });
  router.get('/sd/prometheus', localOrViewer, async (_request, response) => {
    response.json(discoveredTargets(await scrapeTargets()));
  });
  return router;
}

/** Why a check failed is for the log and `siskin doctor`: this address is open to everybody. */
async function checkAll(checks: ApiDependencies['readiness']): Promise<Record<string, 'ok' | 'failed'>> {
  const results = Object.entries(checks).map(
    async ([name, check]) => [name, await outcomeOf(check)] as const,
  );
  return Object.fromEntries(await Promise.all(results));
}

async function outcomeOf(check: () => Promise<void>): Promise<'ok' | 'failed'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'failed'>((resolve) => {
    timer = setTimeout(resolve, 2_000, 'failed');
  });
  const answer = check().then(
    () => 'ok' as const,
    () => 'failed' as const,
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
