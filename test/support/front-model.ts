import { parseSiskinConfig } from '../../src/config/siskin-config.ts';
import { defaultSite } from '../../src/domain/front/defaults.ts';
import { type FrontInput, frontModel } from '../../src/domain/front/front-model.ts';
import type { FrontModel } from '../../src/domain/front/model.ts';
import { openAccess } from '../../src/domain/front/settings.ts';

/** The model of a siskin.yaml's front, on a machine that is always the same. */
export function modelOf(yaml: string, change: Partial<FrontInput> = {}): FrontModel {
  const config = parseSiskinConfig(yaml, '/srv/siskin/siskin.yaml', {});
  if (config.front === undefined) throw new Error('no front');
  const home = '/srv/siskin/data/nginx';
  return frontModel({
    settings: config.front,
    paths: {
      pid: `${home}/master.pid`,
      temp: `${home}/temp`,
      certificates: `${home}/certificates`,
      challenges: config.front.challenges ?? `${home}/acme`,
      users: `${home}/users`,
      sockets: `${home}/sockets`,
    },
    user: 'www-data',
    router: '127.0.0.1:8081',
    status: '127.0.0.1:8404',
    logTo: `${home}/nginx.log`,
    sites: config.apps.flatMap(({ app, environments }) =>
      environments.map(({ environment, routes, front = defaultSite, access = openAccess }) => ({
        ...{ app, environment, routes, access, site: front },
      })),
    ),
    ...change,
  });
}
