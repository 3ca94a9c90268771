import { Agent, request } from 'undici';

export interface LoadResult {
  requests: number;
  failed: string[];
}

/**
 * Keep-alive clients that ask one after the other until told to stop: GETs and POSTs; whatever is not 200 has failed.
 * @returns begun load; `stop` waits for what is under way
 */
export function startLoad(url: string, host: string, clients: number): { stop(): Promise<LoadResult> } {
  const agent = new Agent({ connections: clients, pipelining: 1 });
  const result: LoadResult = { requests: 0, failed: [] };
  let stopped = false;
  const one = async (n: number) => {
    const body = n % 3 === 0 ? { method: 'POST', body: 'x'.repeat(1_000) } : { method: 'GET' };
    const answer = await request(url, { ...body, headers: { host }, dispatcher: agent });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
  };
  const client = async () => {
    while (!stopped) {
      result.requests += 1;
      await one(result.requests).catch((error: unknown) => result.failed.push(String(error)));
    }
  };
  const running = Array.from({ length: clients }, client);
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(running);
      await agent.destroy();
      return result;
    },
  };
}
