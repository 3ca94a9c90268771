import { once } from 'node:events';
import http from 'node:http';

/** A server in Prometheus's place whose answer to a query can be changed: a body, or silence. */
export async function startFakePrometheus() {
  const state: { answer: (() => { status: number; body: string }) | 'silence' } = { answer: 'silence' };
  const server = http.createServer((request, response) => {
    request.resume();
    if (state.answer === 'silence') return;
    const { status, body } = state.answer();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    /** Answers with these samples: labels and value. Evaluated at second 1,000. */
    say: (samples: [Record<string, string>, string][]) => {
      const result = samples.map(([metric, value]) => ({ metric, value: [1_000, value] }));
      const body = JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
      state.answer = () => ({ status: 200, body });
    },
    sayRaw: (body: string, status = 200) => {
      state.answer = () => ({ status, body });
    },
    fallSilent: () => {
      state.answer = 'silence';
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
