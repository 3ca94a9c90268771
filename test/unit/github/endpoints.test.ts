import { expect, it } from 'vitest';
import { endpoints, installationToken } from '../../../src/adapters/github/endpoints.ts';
import { GithubOpenApi } from '../../support/fake-github/openapi.ts';

const openApi = new GithubOpenApi();

it("every request of Siskin's is in GitHub's description, and no other is kept of it", () => {
  const routes = [...Object.values(endpoints), installationToken].map(({ route }) => route);
  expect(openApi.operations.sort()).toEqual(routes.sort());
});

it('what is not as described is found', () => {
  const request = { method: 'POST', path: '/repos/acme/shop/deployments', query: new URLSearchParams() };
  const problems = (body: unknown, more = {}) => openApi.find({ ...request, body, ...more })?.problems;
  expect(problems({ ref: 'a', auto_merge: false })).toEqual([]);
  expect(problems({ ref: 'a', auto_marge: false })?.join()).toContain('additional properties');
  expect(problems({ auto_merge: 'no' })?.join()).toMatch(/ref.*boolean|boolean.*ref/);
  expect(problems(undefined)).toEqual(['the body is missing']);
  expect(problems({ ref: 'a' }, { query: new URLSearchParams('sha=1') })).toEqual(['query sha is unknown']);
  expect(openApi.find({ ...request, method: 'DELETE', body: undefined })).toBeNull();
  const answer = openApi.find({ ...request, body: { ref: 'a' } })?.problemsOfAnswer(201, { id: 'x' });
  expect(answer?.join()).toContain('must be integer');
});
