import { Router } from 'express';
import { requireRole } from './authentication.ts';
import type { ApiDependencies } from './ports.ts';
import { auditQuerySchema, emptyBodySchema } from './schemas.ts';
import { jsonBody, valid, validBody } from './validate.ts';

/** `GET /api/v1/audit`, `POST /api/v1/audit/take-in`, for admins. */
export function auditRoutes({ tokens, audit, takeInAudit }: ApiDependencies): Router {
  const router = Router();
  const admin = requireRole(tokens, 'admin');
  router.get('/api/v1/audit', admin, async (request, response) => {
    const { limit, before, ...filter } = valid(auditQuerySchema, request.query, 'query');
    response.json(await audit.page(filter, limit, before));
  });
  router.post('/api/v1/audit/take-in', admin, jsonBody, async (request, response) => {
    validBody(emptyBodySchema, request);
    response.json({ taken: await takeInAudit() });
  });
  return router;
}
