import { expect, it } from 'vitest';
import { openapi } from '../../../src/api/openapi.ts';

it('describes every address with its parameters, bodies and answers', () => {
  const description = openapi() as { paths: Record<string, Record<string, Record<string, unknown>>> };
  expect(Object.keys(description.paths)).toEqual([
    '/api/v1/apps',
    '/api/v1/deployments',
    '/api/v1/deployments/{id}',
    '/api/v1/deployments/{id}/events',
    '/api/v1/audit',
    '/api/v1/audit/take-in',
    '/api/v1/apps/{app}/environments/{environment}/releases',
    '/api/v1/apps/{app}/environments/{environment}/deploy',
    '/api/v1/apps/{app}/environments/{environment}/rollback',
    '/api/v1/apps/{app}/environments/{environment}/promote',
    '/api/v1/apps/{app}/environments/{environment}/cancel',
    '/api/v1/apps/{app}/environments/{environment}/freeze',
    '/api/v1/apps/{app}/environments/{environment}/unfreeze',
  ]);
  expect(description.paths['/api/v1/deployments']?.get?.parameters).toMatchObject([
    { name: 'app', in: 'query' },
    { name: 'environment', in: 'query' },
    { name: 'state', in: 'query', schema: { enum: expect.arrayContaining(['canary']) } },
    { name: 'limit', in: 'query', schema: { maximum: 200 } },
  ]);
  const deploy = description.paths['/api/v1/apps/{app}/environments/{environment}/deploy']?.post;
  expect(deploy).toMatchObject({
    parameters: [{ name: 'app' }, { name: 'environment' }],
    requestBody: { content: { 'application/json': { schema: { additionalProperties: false } } } },
    responses: { 202: {}, default: {} },
  });
});
