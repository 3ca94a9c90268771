/**
 * The app that the end-to-end tests and the demo deploy. No dependencies; what it does well or badly stands in
 * behaviour.json, which is committed, so that a release is a commit.
 *
 * GET /            the release, or 500 by `failShare`
 * GET /slow        the same after `slowMs`
 * POST /echo       SHA-256 of the body
 * GET /version     the release's text
 * GET /healthz     200 while `healthy`, whatever else fails
 * GET /metrics     how long its requests took, for Prometheus
 * GET /smoke       `smokeStatus`
 * /ws              a WebSocket that echoes
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { exposition, observeDuration } from './metrics.mjs';
import { acceptWebSocket } from './websocket.mjs';

const defaults = {
  release: 'r1',
  bootMs: 0,
  crashAtBoot: false,
  healthy: true,
  smokeStatus: 200,
  /** 'exit' at once, 'ignore', or 'graceful': finish what is under way. */
  onSigterm: 'exit',
  slowMs: 3_000,
  /** Share of requests answered 500; from the beginning, or from failAfterRequests / failAfterMs on (then 1 by default). */
  failShare: null,
  failAfterRequests: null,
  failAfterMs: null,
  /** The other way round: only in its first time. */
  failUntilMs: null,
  /** Time that every request takes besides. */
  latencyMs: 0,
  /** Address of something that must answer 200 for a request to succeed: the app's database, so to speak. */
  dependsOn: null,
  dieAfterMs: null,
  /** Longer than any test, so that an idle connection's end is never this app's doing. */
  keepAliveMs: 75_000,
};
const behaviour = {
  ...defaults,
  ...JSON.parse(readFileSync(new URL('behaviour.json', import.meta.url), 'utf8')),
};
const port = Number(process.env.PORT ?? 3000);

let listeningSince = 0;
let served = 0;
let failed = 0;
let servedWhileBad = 0;

const routes = {
  'GET /healthz': (_request, response) => response.writeHead(behaviour.healthy ? 200 : 503).end('health\n'),
  'GET /metrics': (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(exposition()),
  'GET /smoke': (_request, response) => response.writeHead(behaviour.smokeStatus).end('smoke\n'),
  'GET /version': answering(() => behaviour.release),
  'GET /': answering(() => `hello from ${behaviour.release}`),
  'GET /slow': answering(async () => {
    await sleep(behaviour.slowMs);
    return 'slow';
  }),
  'POST /echo': answering(digestOf),
};

const server = createServer((request, response) => {
  response.setHeader('x-release', behaviour.release).setHeader('x-replica', hostname());
  const route = routes[`${request.method} ${new URL(request.url, 'http://app').pathname}`];
  if (route === undefined) response.writeHead(404).end('not found\n');
  else route(request, response);
});
server.keepAliveTimeout = behaviour.keepAliveMs;
server.on('upgrade', (request, socket) =>
  acceptWebSocket(request, socket, { 'x-release': behaviour.release, 'x-replica': hostname() }),
);

const onSigterm = {
  exit: () => process.exit(0),
  ignore: () => console.log('SIGTERM ignored'),
  graceful: () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  },
};
process.on('SIGTERM', onSigterm[behaviour.onSigterm]);
await boot();

async function boot() {
  console.log(`release ${behaviour.release} boots on Node ${process.versions.node}`);
  if (behaviour.crashAtBoot) {
    console.error('Error: cannot find the database: the fixture crashes at boot');
    process.exit(1);
  }
  await sleep(behaviour.bootMs);
  server.listen(port, () => {
    listeningSince = performance.now();
    console.log(`listening on ${port}`);
  });
  if (behaviour.dieAfterMs !== null) {
    await sleep(behaviour.dieAfterMs);
    console.error('Error: the fixture dies, as it was told to');
    process.exit(1);
  }
}

/** A route of the app's own business: counted, and failed when the behaviour says so. */
function answering(bodyOf) {
  return async (request, response) => {
    served += 1;
    const began = performance.now();
    const [body, , bad] = await Promise.all([bodyOf(request), sleep(behaviour.latencyMs), goesWrong()]);
    observeDuration((performance.now() - began) / 1000);
    response.writeHead(bad ? 500 : 200, { 'content-type': 'text/plain' }).end(bad ? 'broken\n' : `${body}\n`);
  };
}

async function goesWrong() {
  return isBadRequest() || (await dependencyFails());
}

async function dependencyFails() {
  if (behaviour.dependsOn === null) return false;
  try {
    const answer = await fetch(behaviour.dependsOn, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return !answer.ok;
  } catch {
    return true; // it does not answer
  }
}

/** Spreads the failures evenly, so that a share of 0.25 is every fourth request and not a matter of luck. */
function isBadRequest() {
  const { failShare, failAfterRequests, failAfterMs, failUntilMs } = behaviour;
  if (failUntilMs !== null && performance.now() - listeningSince > failUntilMs) return false;
  const turns = failAfterRequests !== null || failAfterMs !== null;
  const turned =
    (failAfterRequests !== null && served > failAfterRequests) ||
    (failAfterMs !== null && performance.now() - listeningSince > failAfterMs);
  const share = turns && !turned ? 0 : (failShare ?? (turned ? 1 : 0));
  if (share === 0) return false;
  servedWhileBad += 1;
  if (failed + 1 > servedWhileBad * share) return false;
  failed += 1;
  return true;
}

async function digestOf(request) {
  const hash = createHash('sha256');
  for await (const chunk of request) hash.update(chunk);
  return hash.digest('hex');
}
