import type { FrontTimeouts, Limits, SecurityHeaders, SiteSettings } from './settings.ts';

const perSecond = (requests: number) => ({ requests, per: 's' as const });

export const defaultLimits: Limits = {
  auth: {
    rate: { requests: 5, per: 'm' },
    burst: 5,
    paths: ['/login', '/signin', '/auth/login', '/api/login', '/api/auth/login'],
  },
  websocket: { rate: perSecond(10), burst: 20, paths: ['/ws', '/socket.io'] },
  heavy: { rate: perSecond(10), burst: 20, paths: ['/api'] },
  light: {
    rate: perSecond(100),
    burst: 200,
    paths: ['/static', '/assets', '*.css', '*.js', '*.png', '*.jpg', '*.svg', '*.ico', '*.woff2'],
  },
  general: { rate: perSecond(30), burst: 60, paths: [] },
};

/** The CSP forbids what no page needs and breaks none: framing by others, plug-ins, another base address. */
export const defaultHeaders: SecurityHeaders = {
  hsts: 'max-age=31536000',
  csp: "frame-ancestors 'self'; object-src 'none'; base-uri 'self'",
  frameOptions: 'SAMEORIGIN',
  contentTypeOptions: 'nosniff',
  referrerPolicy: 'strict-origin-when-cross-origin',
};

export const defaultHidden = [
  'env',
  'git',
  'htaccess',
  'htpasswd',
  'bak',
  'ini',
  'log',
  'swp',
  'swo',
  'old',
  'orig',
  'sql',
];

/** The router has time-outs of its own (10 min for an answer, 1 h for a silent WebSocket): the front only must not be sooner. */
export const defaultTimeouts: FrontTimeouts = { client: 15_000, keepAlive: 75_000, read: 3_660_000 };

export const defaultSite: SiteSettings = { tls: 'auto', limits: {}, headers: {}, proxy: [] };
