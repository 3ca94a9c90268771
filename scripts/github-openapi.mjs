// Takes out of GitHub's own OpenAPI description what test/support/fake-github checks requests and answers against.
// Usage: node scripts/github-openapi.mjs api.github.com.json > test/fixtures/github-openapi.json
// The description is generated/api.github.com.json of the npm package @octokit/openapi (390 MB: not a dependency).
import { readFileSync } from 'node:fs';
import process from 'node:process';

const repository = '/repos/{owner}/{repo}';
const operations = [
  ['post', '/app/installations/{installation_id}/access_tokens'],
  ['get', repository],
  ['get', `${repository}/installation`],
  ['get', `${repository}/hooks`],
  ['post', `${repository}/hooks`],
  ['patch', `${repository}/hooks/{hook_id}`],
  ['post', `${repository}/hooks/{hook_id}/pings`],
  ['get', `${repository}/hooks/{hook_id}/deliveries`],
  ['get', `${repository}/hooks/{hook_id}/deliveries/{delivery_id}`],
  ['post', `${repository}/hooks/{hook_id}/deliveries/{delivery_id}/attempts`],
  ['get', `${repository}/deployments`],
  ['post', `${repository}/deployments`],
  ['get', `${repository}/deployments/{deployment_id}/statuses`],
  ['post', `${repository}/deployments/{deployment_id}/statuses`],
  ['get', `${repository}/commits/{ref}/statuses`],
  ['post', `${repository}/statuses/{sha}`],
];

const documentation = new Set(
  'description example examples title externalDocs deprecated default'.split(' '),
);

const [, , file] = process.argv;
if (file === undefined) throw new Error('name the file: node scripts/github-openapi.mjs api.github.com.json');
const description = JSON.parse(readFileSync(file, 'utf8'));

/** Names of components that were met and are to be taken along, by kind. */
const wanted = new Map();
const paths = {};
for (const [method, path] of operations) {
  const item = description.paths[path];
  if (item?.[method] === undefined) throw new Error(`the description has no ${method} ${path}`);
  paths[path] ??= {};
  paths[path][method] = operation(item[method], item.parameters ?? []);
}
const schemas = {};
for (const name of wanted.keys()) schemas[name] = schema(description.components.schemas[name]);

const { title, version, license } = description.info;
const from = { title, version, license };
process.stdout.write(`${JSON.stringify({ from, paths, components: { schemas: sorted(schemas) } })}\n`);

function operation(op, shared) {
  const body = op.requestBody && resolved(op.requestBody).content['application/json']?.schema;
  const responses = Object.entries(op.responses).map(([status, response]) => {
    const content = resolved(response).content?.['application/json']?.schema;
    return [status, content === undefined ? null : schema(content)];
  });
  return {
    operationId: op.operationId,
    parameters: [...shared, ...(op.parameters ?? [])].map(resolved).map(parameter),
    body: body === undefined ? null : schema(body),
    bodyRequired: op.requestBody?.required ?? false,
    responses: Object.fromEntries(responses),
  };
}

function parameter({ name, in: place, required = false, schema: its }) {
  return { name, in: place, required, schema: schema(its) };
}

/** Parameters, bodies and answers are put in place; schemas stay references, for some refer to themselves. */
function resolved(value) {
  if (value.$ref === undefined) return value;
  const [kind, name] = value.$ref.replace('#/components/', '').split('/');
  return resolved(description.components[kind][name]);
}

/** The schema without what no check needs; OpenAPI 3.0's `nullable` as JSON Schema has it. */
function schema(value) {
  if (Array.isArray(value)) return value.map(schema);
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.$ref === 'string') {
    wanted.set(value.$ref.split('/').at(-1), true);
    return { $ref: value.$ref };
  }
  const { nullable, ...rest } = value;
  const kept = Object.entries(rest).filter(([key]) => !documentation.has(key) && !key.startsWith('x-'));
  const plain = Object.fromEntries(
    kept.map(([key, its]) => [key, key === 'properties' ? eachOf(its) : schema(its)]),
  );
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain;
}

function eachOf(properties) {
  return Object.fromEntries(Object.entries(properties).map(([name, its]) => [name, schema(its)]));
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
