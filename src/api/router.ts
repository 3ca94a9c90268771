import { Router } from 'express';
import { actionRoutes } from './action-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { deploymentPage } from './deployment-page.ts';
import { errorAnswers, notFound } from './error-answer.ts';
import { eventsRoute } from './events-route.ts';
import { openapi } from './openapi.ts';
import { operationsRoutes } from './operations-routes.ts';
import type { ApiDependencies } from './ports.ts';
import { readRoutes } from './read-routes.ts';
import { auditRefusals } from './refusals.ts';
import { refuseCrossSite } from './same-site.ts';

/** The whole HTTP API of DESIGN section 8 but the webhooks; mount it last, for it answers 404. */
export function apiRouter(dependencies: ApiDependencies): Router {
  const router = Router();
  router.use(operationsRoutes(dependencies));
  router.use(deploymentPage());
  router.get('/api/v1/openapi.json', (_request, response) => {
    response.json(openapi());
  });
  router.use(refuseCrossSite(dependencies.publicUrl));
  router.use(readRoutes(dependencies));
  router.use(eventsRoute(dependencies));
  router.use(actionRoutes(dependencies));
  router.use(auditRoutes(dependencies));
  router.use(notFound);
  router.use(auditRefusals(dependencies));
  router.use(errorAnswers(dependencies));
  return router;
}
