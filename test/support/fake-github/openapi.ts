import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const schema = z.record(z.string(), z.unknown());
const operation = z.object({
  operationId: z.string(),
  parameters: z.array(
    z.object({ name: z.string(), in: z.enum(['path', 'query', 'header']), required: z.boolean(), schema }),
  ),
  body: schema.nullable(),
  bodyRequired: z.boolean(),
  responses: z.record(z.string(), schema.nullable()),
});
const description = z.object({
  from: z.object({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});

export interface HttpRequest {
  method: string;
  /** Below the API's address, without query: `/repos/acme/shop/hooks`. */
  path: string;
  query: URLSearchParams;
  /** Parsed JSON; undefined without body. */
  body: unknown;
}

/** A request of GitHub's description. */
export interface Operation {
  /** `POST /repos/{owner}/{repo}/hooks` */
  route: string;
  params: Record<string, string>;
  /** What of the request is not as described. */
  problems: string[];
  /** What of an answer is not as described. */
  problemsOfAnswer(status: number, body: unknown): string[];
}

/** GitHub's own OpenAPI description, as far as scripts/github-openapi.mjs took it out. */
export class GithubOpenApi {
  readonly #description: z.infer<typeof description>;
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(file = new URL('../../fixtures/github-openapi.json', import.meta.url)) {
    this.#description = description.parse(JSON.parse(readFileSync(file, 'utf8')));
    addFormats.default(this.#ajv);
    // the description itself says that an address which was not given is the empty text
    this.#ajv.addFormat('uri', (text: string) => text === '' || URL.canParse(text));
    this.#ajv.addSchema({ $id: 'github', components: this.#description.components });
  }

  get operations(): string[] {
    return Object.entries(this.#description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** @returns null when the description has no such request */
  find(request: HttpRequest): Operation | null {
    for (const [path, methods] of Object.entries(this.#description.paths)) {
      const params = match(path, request.path);
      const its = methods[request.method.toLowerCase()];
      if (params === null || its === undefined) continue;
      const route = `${request.method} ${path}`;
      return {
        route,
        params,
        problems: this.#problems(route, its, params, request),
        problemsOfAnswer: (status, body) => this.#answer(route, its, status, body),
      };
    }
    return null;
  }

  #problems(
    route: string,
    its: z.infer<typeof operation>,
    params: Record<string, string>,
    { query, body }: HttpRequest,
  ): string[] {
    const inQuery = its.parameters.filter((one) => one.in === 'query');
    const known = new Set(inQuery.map(({ name }) => name));
    const given = its.parameters.flatMap(({ name, in: place, required, schema: wanted }) => {
      const value = place === 'path' ? params[name] : place === 'query' ? query.get(name) : undefined;
      if (value === undefined || value === null)
        return required && place !== 'header' ? [`${place} ${name} is missing`] : [];
      return this.#check(`${route} ${place} ${name}`, wanted, numberIf(wanted, value));
    });
    const unknown = [...query.keys()]
      .filter((name) => !known.has(name))
      .map((name) => `query ${name} is unknown`);
    return [...given, ...unknown, ...this.#body(route, its, body)];
  }

  #body(route: string, { body: wanted, bodyRequired }: z.infer<typeof operation>, body: unknown): string[] {
    if (body === undefined) return bodyRequired ? ['the body is missing'] : [];
    if (wanted === null) return ['there must be no body'];
    // most bodies may hold more, which GitHub would silently ignore: a misspelt field must not pass
    return this.#check(
      `${route} body`,
      { ...wanted, ...(wanted.properties ? { additionalProperties: false } : {}) },
      body,
    );
  }

  #answer(route: string, its: z.infer<typeof operation>, status: number, body: unknown): string[] {
    const wanted = its.responses[String(status)];
    // rate limits, missing permissions and outages can be the answer to anything
    if (wanted === undefined) return status >= 400 ? [] : [`${status} is no answer to ${route}`];
    if (wanted === null) return body === undefined ? [] : ['the answer must have no body'];
    return this.#check(`${route} ${status}`, wanted, body);
  }

  #check(name: string, wanted: Record<string, unknown>, value: unknown): string[] {
    const known = this.#compiled.get(name);
    const validate =
      known ?? this.#ajv.compile(JSON.parse(JSON.stringify(wanted).replaceAll('"#/', '"github#/')));
    this.#compiled.set(name, validate);
    if (validate(value)) return [];
    return [`${name}: ${this.#ajv.errorsText(validate.errors)}`];
  }
}

function match(template: string, path: string): Record<string, string> | null {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = decodeURIComponent(given[index] ?? '');
    if (part.startsWith('{')) params[part.slice(1, -1)] = value;
    else if (part !== value) return null;
  }
  return params;
}

/** Paths and queries are text; the description means numbers. */
const numberIf = (wanted: Record<string, unknown>, value: string): unknown =>
  wanted.type === 'integer' && /^\d+$/.test(value) ? Number(value) : value;
