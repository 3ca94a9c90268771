import { followDeployment } from '../../src/adapters/redis/deployment-events.ts';
import { hashToken } from '../../src/api/authentication.ts';
import type { ApiDependencies } from '../../src/api/ports.ts';
import { apiRouter } from '../../src/api/router.ts';
import { createHttpApp, listen } from '../../src/api/server.ts';
import type { RedisWorld } from './redis-world.ts';

/** The HTTP API over a test Redis, with a token per role: `viewer-token`, `deployer-token`, `admin-token`. */
export async function startApi(world: RedisWorld, change: Partial<ApiDependencies> = {}) {
  const router = apiRouter({
    tokens: (['viewer', 'deployer', 'admin'] as const).map((role) => ({
      name: role,
      role,
      hash: hashToken(`${role}-token`),
    })),
    apps: () => [
      {
        app: 'shop',
        repository: 'https://github.com/acme/shop.git',
        environments: [
          { environment: 'production', branch: 'release', routes: [{ host: 'shop.example.com', path: '/' }] },
        ],
      },
    ],
    history: world.history,
    audit: world.audit,
    takeInAudit: () => Promise.resolve(0),
    requests: world.ledger,
    follow: (id, cursor, signal) => followDeployment(world.context, id, cursor, signal),
    readiness: { redis: () => world.ledger.health() },
    scrapeTargets: () =>
      world.history.scrapeTargets((environment) => {
        throw new Error(`the targets of ${environment} cannot be read`);
      }),
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: 'siskin_up 1\n' }),
    log: { error: () => {} },
    ...change,
  });
  const listening = await listen(createHttpApp({ routers: [router] }), '127.0.0.1:0');
  return {
    url: listening.url,
    close: () => listening.close(0),
    get: (path: string, token: string | null = 'viewer', headers: Record<string, string> = {}) =>
      fetch(listening.url + path, { headers: { ...authorization(token), ...headers } }),
    post: (
      path: string,
      body?: unknown,
      token: string | null = 'deployer',
      headers: Record<string, string> = {},
    ) =>
      fetch(listening.url + path, {
        method: 'POST',
        headers: {
          ...authorization(token),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
  };
}

const authorization = (token: string | null): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}-token` };
