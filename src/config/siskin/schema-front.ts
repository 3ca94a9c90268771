import * as z from 'zod';
import { defaultHidden, defaultTimeouts } from '../../domain/front/defaults.ts';
import type { Rate } from '../../domain/front/settings.ts';
import { mapping, must, quantity, text, truth, wholeNumber } from '../fields.ts';
import { duration, size } from '../units.ts';
import { listenAddress, peerAddress } from './addresses.ts';
import { network } from './network.ts';
import { hostExpected, isRouteHost, isRoutePath } from './route-syntax.ts';

const filePath = (what: string) => text(`the path of ${what}`, /^[^"\\$\p{Cc}]{1,1024}$/u);

const rateExpected = 'a rate such as 30r/s or 5r/m';
const rate = z.string(must(rateExpected)).transform((value, ctx): Rate => {
  const [, requests = '0', per] = /^([1-9]\d{0,5})\s?r\/([sm])$/.exec(value) ?? [];
  if (per === 's' || per === 'm') return { requests: Number(requests), per };
  ctx.addIssue({ code: 'custom', message: `must be ${rateExpected}` });
  return z.NEVER;
});

const limitedExpected = 'a path such as /api, or an ending such as *.css';
const limited = z
  .string(must(limitedExpected))
  .refine((path) => /^\*\.[A-Za-z0-9]{1,10}$/.test(path) || isRoutePath(path), must(limitedExpected));

const limit = mapping({
  rate: rate.optional().describe('Requests per client, as 30r/s or 5r/m.'),
  burst: wholeNumber(0, 100_000).optional().describe('Requests beyond the rate that pass at once.'),
  paths: z.array(limited).max(50).optional().describe('Path prefixes and endings it is for.'),
});
const generalLimit = mapping(
  { rate: rate.optional(), burst: wholeNumber(0, 100_000).optional() },
  { paths: 'is not for general, which is for every path that no other limit names' },
);

const token = 'a token of 16 to 128 letters, digits, - and _';
const bypass = mapping({
  header: text('the name of a header', /^[A-Za-z][A-Za-z0-9-]{0,63}$/).prefault('X-Siskin-Load-Test'),
  token: text(token, /^[A-Za-z0-9_-]{16,128}$/).describe('Whoever sends it is not limited: for load tests.'),
});

const limitsShape = {
  auth: limit.optional(),
  websocket: limit.optional(),
  heavy: limit.optional(),
  light: limit.optional(),
  general: generalLimit.optional(),
};

const headerExpected = 'a header value without " \\ or $, or an empty text for none';
const header = text(headerExpected, /^(?!.*["\\$])[\x20-\x7e]{0,2000}$/).optional();
const headers = mapping({
  hsts: header,
  csp: header,
  frameOptions: header,
  contentTypeOptions: header,
  referrerPolicy: header,
});

const body = quantity(size, 'more than 0', (bytes) => bytes > 0);
const second = (ms: number) => ms >= 1_000;
const wait = (fallback: number) => quantity(duration, 'at least 1s', second).prefault(`${fallback / 1_000}s`);

/** TLS asks for names, never for addresses. */
const forwardedHost = z
  .string(must(hostExpected))
  .refine((host) => isRouteHost(host) && !/^[\d.]+$/.test(host), must(hostExpected))
  .transform((host) => host.toLowerCase());

const forward = mapping({
  hosts: z
    .array(forwardedHost)
    .min(1, must('a list of at least one host name'))
    .max(100)
    .describe('Names that belong to the other host.'),
  to: peerAddress('192.168.0.20:443').describe('Where it takes HTTPS; TLS is passed on as it comes.'),
  http: peerAddress('192.168.0.20:80')
    .optional()
    .describe('Where it takes plain HTTP; absent: browsers are sent to HTTPS from here.'),
  proxyProtocol: truth()
    .prefault(true)
    .describe('Whether it is told clients’ addresses by the PROXY protocol.'),
});

export const frontSchema = mapping({
  http: listenAddress('0.0.0.0:80').optional().describe('Where plain HTTP is taken.'),
  https: listenAddress('0.0.0.0:443').optional().describe('Where HTTPS is taken.'),
  certificates: filePath('the folder of certificates')
    .prefault('./certs')
    .describe('A folder per certificate with fullchain.pem and privkey.pem, as /etc/letsencrypt/live.'),
  challenges: filePath('the ACME webroot').optional().describe('Webroot of ACME http-01.'),
  users: filePath('the folder of htpasswd files')
    .prefault('./htpasswd')
    .describe('Files for access.basicAuth.'),
  trust: mapping({
    networks: z.array(network).min(1, must('a list of at least one network')),
    by: z.enum(['proxy-protocol', 'x-forwarded-for']).prefault('proxy-protocol'),
  })
    .optional()
    .describe('Proxies before the front that may say which client a connection is from.'),
  forward: z
    .array(forward)
    .max(50)
    .prefault([])
    .describe('Names of other hosts behind the same public address: passed on by the name TLS asks for.'),
  limits: mapping({ ...limitsShape, bypass: bypass.optional() })
    .prefault({})
    .describe('Requests per client.'),
  headers: headers.prefault({}).describe('Security headers where the app sets none.'),
  hidden: z
    .array(text('a file ending without dot, such as bak', /^[A-Za-z0-9]{1,20}$/))
    .min(1)
    .prefault(defaultHidden)
    .describe('Endings of files that are answered 404, besides everything that begins with a dot.'),
  maxBody: body.prefault('10m').describe('The largest request body.'),
  timeouts: mapping({
    client: wait(defaultTimeouts.client),
    keepAlive: wait(defaultTimeouts.keepAlive),
    read: wait(defaultTimeouts.read),
  }).prefault({}),
  accessLog: truth().prefault(true).describe('One line of JSON per request in dataDir/nginx/nginx.log.'),
  user: text('the name of a user', /^[a-z_][a-z0-9_-]{0,31}$/)
    .prefault('www-data')
    .describe('The user of nginx’s workers where Siskin runs as root.'),
});

const prefixExpected = 'a path with a slash at its end, such as /files/';
const prefix = z
  .string(must(prefixExpected))
  .refine((path) => isRoutePath(path) && path.endsWith('/') && path !== '/', must(prefixExpected));
const originExpected = 'an origin such as http://127.0.0.1:9000';
const origin = text(originExpected, /^https?:\/\/([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?$/);

const proxied = mapping({
  path: prefix,
  to: z
    .union([origin.transform((one) => [one]), z.array(origin).min(1).max(16)], must(originExpected))
    .refine((all) => new Set(all.map((one) => one.split(':')[0])).size === 1, must('origins of one scheme')),
  base: z
    .string(must('a path'))
    .refine((path) => isRoutePath(path) && path.endsWith('/'), must('a path with a slash at its end'))
    .prefault('/')
    .describe('What stands there instead of path, e.g. /bucket/.'),
  host: text('a host name, with port where it has one', /^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/).optional(),
  methods: z
    .array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
    .min(1)
    .prefault(['GET', 'HEAD']),
  maxFails: wholeNumber(0, 1_000).prefault(3),
  failTimeout: wait(10_000),
});

/** `front` of an environment. */
export const siteSchema = mapping({
  tls: z.enum(['auto', 'required', 'off']).prefault('auto'),
  limits: mapping(limitsShape).prefault({}),
  headers: headers.prefault({}),
  maxBody: body.optional(),
  static: mapping({
    root: filePath('a folder of files'),
    fallback: text('a file of it such as /index.html', /^\/[A-Za-z0-9._/-]{1,200}$/).optional(),
  })
    .optional()
    .describe('A folder that is served at /, beside the routes.'),
  proxy: z.array(proxied).max(20).prefault([]).describe('Paths that go to something else than the router.'),
});

/** `access` of an environment. */
export const accessSchema = mapping({
  allow: z.array(network).prefault([]).describe('Addresses and networks it can be reached from.'),
  basicAuth: text('the name of a file in front.users', /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/).optional(),
  satisfy: z.enum(['all', 'any']).prefault('all').describe('Whether both are asked for, or one is enough.'),
});
