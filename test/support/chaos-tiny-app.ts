import { composeText } from './app-repository.ts';

/** A health check that a machine with too much to do passes as well: its slowness is not what chaos tests look at. */
const patientHealth = {
  path: '/healthz',
  interval: '100ms',
  timeout: '10s',
  startPeriod: '60s',
  healthyAfter: 2,
};

/** The Compose file of the fixture app with its three replicas. */
export const threeReplicas = (): Promise<string> => composeText({ 'x-siskin': { health: patientHealth } });

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
      health: patientHealth,
      ...xSiskin,
    },
  });
