import { composeText } from './app-repository.ts';

/**
 * The Compose file of an app that is deployed in about two seconds: one replica, no bake, no watch.
 * @param xSiskin keys of x-siskin to replace
 */
export const tinyApp = (xSiskin: Record<string, unknown> = {}): Promise<string> =>
  composeText({
    deploy: { replicas: 1 },
    stop_grace_period: '1s',
    'x-siskin': {
      canary: { share: '50%', minBake: '0s', maxBake: '1s', max5xx: '5%', watch: '0s', onNoMetrics: 'hold' },
      drain: { timeout: '1s' },
      smoke: [],
      ...xSiskin,
    },
  });
