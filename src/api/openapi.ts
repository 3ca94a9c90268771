import { z } from 'zod';
import * as schemas from './schemas.ts';

type JsonObject = Record<string, unknown>;

interface Operation {
  summary: string;
  query?: z.ZodType;
  body?: z.ZodType;
  status?: number;
  answer?: z.ZodType;
  /** Where the answer is not JSON. */
  mediaType?: string;
}

const actionPath = '/api/v1/apps/{app}/environments/{environment}';

const action = (summary: string, body: z.ZodType): { post: Operation } => ({
  post: { summary, body, status: 202, answer: schemas.actionAnswerSchema },
});

const paths: Record<string, { get?: Operation; post?: Operation }> = {
  '/api/v1/apps': { get: { summary: 'The configured apps and what runs', answer: schemas.appListSchema } },
  '/api/v1/deployments': {
    get: {
      summary: 'Deployments, newest first',
      query: schemas.listQuerySchema,
      answer: schemas.deploymentListSchema,
    },
  },
  '/api/v1/deployments/{id}': {
    get: { summary: 'One deployment with its steps and verdict', answer: schemas.deploymentSchema },
  },
  '/api/v1/deployments/{id}/events': {
    get: { summary: 'Journal and log as server-sent events', mediaType: 'text/event-stream' },
  },
  '/api/v1/audit': {
    get: {
      summary: 'Who did what, newest first; for admins',
      query: schemas.auditQuerySchema,
      answer: schemas.auditListSchema,
    },
  },
  '/api/v1/audit/take-in': {
    post: {
      summary: 'Take in what the command line has noted in dataDir; for admins',
      body: schemas.emptyBodySchema,
      answer: schemas.takenInSchema,
    },
  },
  [`${actionPath}/releases`]: {
    get: {
      summary: 'The releases of an environment that are on record, newest first',
      answer: schemas.releaseListSchema,
    },
  },
  [`${actionPath}/deploy`]: action(
    "Deploy the branch's head, a commit or a release",
    schemas.deployBodySchema,
  ),
  [`${actionPath}/rollback`]: action('Go back to a release', schemas.rollbackBodySchema),
  [`${actionPath}/promote`]: action('Promote the running canary now', schemas.emptyBodySchema),
  [`${actionPath}/cancel`]: action('Cancel the running deployment', schemas.emptyBodySchema),
  [`${actionPath}/freeze`]: action('Stand still until a person decides', schemas.freezeBodySchema),
  [`${actionPath}/unfreeze`]: action('Go on again', schemas.emptyBodySchema),
};

/** The API's description, made from the schemas that check it. */
export const openapi = (): JsonObject => ({
  openapi: '3.1.0',
  info: { title: 'Siskin', version: '1' },
  security: [{ token: [] }],
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: { Error: jsonSchema(schemas.errorSchema) },
  },
  paths: Object.fromEntries(
    Object.entries(paths).map(([path, operations]) => [
      path,
      Object.fromEntries(Object.entries(operations).map(([verb, one]) => [verb, operation(path, one)])),
    ]),
  ),
});

function operation(
  path: string,
  { summary, query, body, status = 200, answer, mediaType }: Operation,
): JsonObject {
  const content = answer
    ? { 'application/json': { schema: jsonSchema(answer) } }
    : { [mediaType ?? 'text/plain']: { schema: { type: 'string' } } };
  const error = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return {
    summary,
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(body && { requestBody: { content: { 'application/json': { schema: jsonSchema(body) } } } }),
    responses: {
      [status]: { description: summary, content },
      default: { description: 'Why not', content: error },
    },
  };
}

const pathParameters = (path: string): JsonObject[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: jsonSchema(name === 'id' ? schemas.deploymentIdSchema : schemas.nameSchema),
  }));

function queryParameters(query: z.ZodType | undefined): JsonObject[] {
  const { properties = {} } = query ? jsonSchema(query) : {};
  return Object.entries(properties as JsonObject).map(([name, schema]) => ({ name, in: 'query', schema }));
}

function jsonSchema(schema: z.ZodType): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
