import type { Router } from './ports.ts';

const nothing = async (): Promise<void> => undefined;

/** What a worker has for a router: it answers no requests, so there is nothing to share and nothing to count. */
export const noRouter: Router = {
  servers: async () => [],
  addServer: nothing,
  moveServer: nothing,
  enableServer: nothing,
  setWeights: nothing,
  drainServer: nothing,
  removeServer: nothing,
  counters: async () => ({ source: 'router', servers: {} }),
};
