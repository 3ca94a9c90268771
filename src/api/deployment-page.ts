import { Router } from 'express';
import { deploymentIdSchema } from './schemas.ts';
import { valid } from './validate.ts';

/**
 * `GET /deployments/:id`: where GitHub's links lead people. Open to everybody, so it tells nothing of the deployment, not
 * even whether there is one: only how those who may look at it do so.
 */
export function deploymentPage(): Router {
  const router = Router();
  router.get('/deployments/:id', (request, response) => {
    const id = valid(deploymentIdSchema, request.params.id, 'deployment');
    response.type('html').send(page(id));
  });
  return router;
}

/** @param id checked: it stands in HTML as it is */
const page = (id: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Siskin: ${id}</title>
<h1>${id}</h1>
<p>What became of this deployment is told on the machine that runs Siskin, or with its API token:</p>
<pre>siskin show ${id}
siskin logs ${id} -f</pre>
<p>The same through the API, with <code>Authorization: Bearer TOKEN</code>:
<code>GET /api/v1/deployments/${id}</code></p>
</html>
`;
