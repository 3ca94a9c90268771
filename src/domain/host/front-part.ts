import {
  defaultHeaders,
  defaultHidden,
  defaultLimits,
  defaultSite,
  defaultTimeouts,
} from '../front/defaults.ts';
import { type FrontSite, frontModel } from '../front/front-model.ts';
import type { FrontModel } from '../front/model.ts';
import { type Forward, type FrontSettings, openAccess } from '../front/settings.ts';
import type { HostAnswers } from './answers.ts';
import { frontAddresses } from './front-network.ts';
import { hostNames } from './names.ts';
import { nginxFiles } from './nginx-files.ts';
import { openFile, type Producer, privateFile } from './plan.ts';

/** As nginx sees them in its container. */
const paths = {
  pid: '/tmp/nginx.pid',
  temp: '/tmp',
  certificates: '/served',
  challenges: '/acme',
  users: '/etc/nginx/siskin/users',
  sockets: '/tmp',
};

/** GitHub sends at most 25 MB. */
const longestWebhook = 25 * 2 ** 20;
const webhooks = '/webhooks/';

/** The web server before the router, in a container: the same configuration that `siskin up` writes for its own. */
export const frontPart: Producer = (answers) => {
  const model = hostFront(answers);
  const values = {
    ...hostNames(answers.project),
    ports: answers.ports,
    addresses: frontAddresses(answers.frontSubnet),
    hosts: model.hosts.map(({ host }) => host),
    email: answers.email,
    standby: answers.standby !== undefined,
  };
  return {
    parts: [{ name: 'front', about: 'nginx: TLS, limits, who may enter' }],
    files: [
      openFile('front/docker-compose.yml', 'host/front/docker-compose.yml.eta', values),
      privateFile('front/.env', 'host/front/env.eta', values, []),
      { ...openFile('front/install-certificate.sh', 'certbot/install-certificate.sh'), mode: 0o755 },
      ...nginxFiles('front/nginx', model),
    ],
  };
};

function hostFront(answers: HostAnswers): FrontModel {
  const { apps, developers, publicUrl, frontSubnet } = answers;
  const { router } = frontAddresses(frontSubnet);
  const sites = apps.flatMap(({ app, environments }) =>
    environments.map(({ environment, hosts }): FrontSite => {
      const access = environment === 'test' ? { ...openAccess, allow: developers } : openAccess;
      return {
        app,
        environment,
        routes: hosts.map((host) => ({ host, path: '/' })),
        site: defaultSite,
        access,
      };
    }),
  );
  const all = publicUrl === '' ? sites : [...sites, serverSite(answers)];
  const model = containerFront(answers, `${router}:8081`, all);
  return { ...model, hosts: model.hosts.map(withoutRouterForServer) };
}

/** nginx in a container of this host. @param router `address:port` of who answers */
export const containerFront = (answers: HostAnswers, router: string, sites: FrontSite[]): FrontModel =>
  frontModel({
    settings: settings(answers),
    paths,
    // The container is started as a user who is not root.
    user: null,
    router,
    status: '127.0.0.1:8404',
    logTo: '/dev/stdout',
    sites,
  });

const settings = ({ ports, forward, behind }: HostAnswers): FrontSettings => ({
  // IPv4 only: what Docker passes on from IPv6 comes from its gateway, whoever sent it.
  http: { host: '0.0.0.0', port: ports.http },
  https: { host: '0.0.0.0', port: ports.https },
  ...(behind !== '' && { trust: { networks: [behind], by: 'proxy-protocol' as const } }),
  forward: forward.map(otherHost),
  certificates: paths.certificates,
  users: paths.users,
  limits: defaultLimits,
  headers: defaultHeaders,
  hidden: defaultHidden,
  maxBodyBytes: 10 * 2 ** 20,
  timeouts: defaultTimeouts,
  accessLog: true,
  user: 'nginx',
});

/** The other host's front takes both where every front does, and knows by the PROXY protocol who a client is. */
const otherHost = ({ address, hosts }: HostAnswers['forward'][number]): Forward => ({
  hosts,
  to: { host: address, port: 443 },
  http: { host: address, port: 80 },
  proxyProtocol: true,
});

/** Of Siskin's server GitHub reaches the webhooks, and nobody anything else. */
function serverSite({ publicUrl, frontSubnet }: HostAnswers): FrontSite {
  const host = new URL(publicUrl).hostname;
  const { server } = frontAddresses(frontSubnet);
  const proxied = { path: webhooks, to: [`http://${server}:8080`], base: webhooks, host, methods: ['POST'] };
  return {
    app: 'siskin',
    environment: 'server',
    routes: [{ host, path: webhooks }],
    access: openAccess,
    site: {
      ...defaultSite,
      maxBodyBytes: longestWebhook,
      proxy: [{ ...proxied, maxFails: 0, failTimeoutMs: 10_000 }],
    },
  };
}

const withoutRouterForServer = (host: FrontModel['hosts'][number]): FrontModel['hosts'][number] => ({
  ...host,
  locations: host.locations.filter(
    ({ environment, to }) => environment !== 'siskin-server' || to !== 'router',
  ),
});
