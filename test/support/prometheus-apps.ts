import { once } from 'node:events';
import http from 'node:http';

const bounds = [0.05, 0.1, 0.25];

/**
 * One server that is all of these: the service discovery, a replica of each release, whose requests all take as long
 * as the bucket up to its number of seconds says, and a replica of r13, which redirects its scrape.
 */
export async function startApps(slowest: Record<string, number>) {
  const scrapes: Record<string, number> = {};
  let lured = false;
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    const release = path.slice(1).split('/')[0] ?? '';
    const seconds = slowest[release];
    if (path === '/sd/prometheus') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify([...Object.keys(slowest), 'r13'].map((name) => target(name, address))));
    } else if (release === 'r13') {
      response.writeHead(302, { location: '/lure' }).end();
    } else if (seconds !== undefined) {
      scrapes[release] = (scrapes[release] ?? 0) + 1;
      response.end(exposition(scrapes[release] * 10, seconds));
    } else {
      lured = true;
      response.end('jobs_done_total 7\n');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const address = `127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`;
  return {
    discoveryUrl: `http://${address}/sd/prometheus`,
    /** Whether anything followed the redirect. */
    lured: () => lured,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As `/sd/prometheus` has it. */
const target = (release: string, address: string) => ({
  targets: [address],
  labels: {
    app: 'shop',
    environment: 'production',
    service: 'web',
    release,
    replica: `${release}-1`,
    __metrics_path__: `/${release}/metrics`,
  },
});

/** A counter that stands, and a histogram of `requests` that all took at most `seconds`; app is an app's own label. */
function exposition(requests: number, seconds: number): string {
  const bucket = (le: number | string, count: number) =>
    `http_request_duration_seconds_bucket{le="${le}"} ${count}\n`;
  const buckets = bounds.map((bound) => bucket(bound, bound >= seconds ? requests : 0));
  return `jobs_done_total{app="another"} 7\n${buckets.join('')}${bucket('+Inf', requests)}`;
}
