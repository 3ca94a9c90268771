import { resolve } from 'node:path';
import type * as z from 'zod';
import { defaultHeaders, defaultLimits } from '../../domain/front/defaults.ts';
import {
  type Access,
  type FrontSettings,
  type Limits,
  limitNames,
  type ProxiedPath,
  type SecurityHeaders,
  type SiteSettings,
} from '../../domain/front/settings.ts';
import type { accessSchema, frontSchema, siteSchema } from './schema-front.ts';

type Checked = z.output<typeof frontSchema>;
type CheckedSite = z.output<typeof siteSchema>;

/** @param folder what relative paths are relative to */
export function assembleFront(checked: Checked, folder: string): FrontSettings {
  const { http, https, challenges, trust, limits } = checked;
  return {
    ...(http && { http }),
    ...(https && { https }),
    certificates: resolve(folder, checked.certificates),
    ...(challenges !== undefined && { challenges: resolve(folder, challenges) }),
    users: resolve(folder, checked.users),
    ...(trust && { trust }),
    forward: checked.forward.map(({ http: plain, ...target }) => ({
      ...target,
      ...(plain && { http: plain }),
    })),
    limits: withDefaults(limits),
    ...(limits.bypass && { bypass: limits.bypass }),
    headers: { ...defaultHeaders, ...headersOf(checked.headers) },
    hidden: checked.hidden,
    maxBodyBytes: checked.maxBody,
    timeouts: checked.timeouts,
    accessLog: checked.accessLog,
    user: checked.user,
  };
}

/** An environment's `front`. */
export function assembleSite(checked: CheckedSite, folder: string): SiteSettings {
  const { tls, limits, headers, maxBody, static: files, proxy } = checked;
  return {
    tls,
    limits: limitsOf(limits),
    headers: headersOf(headers),
    ...(maxBody !== undefined && { maxBodyBytes: maxBody }),
    ...(files && {
      static: {
        root: resolve(folder, files.root),
        ...(files.fallback !== undefined && { fallback: files.fallback }),
      },
    }),
    proxy: proxy.map(proxiedPath),
  };
}

const proxiedPath = ({ failTimeout, host, ...proxied }: CheckedSite['proxy'][number]): ProxiedPath => ({
  ...proxied,
  host: host ?? (proxied.to[0] ?? '').replace(/^https?:\/\//, ''),
  failTimeoutMs: failTimeout,
});

/** An environment's `access`. */
export function assembleAccess(checked: z.output<typeof accessSchema>): Access {
  const { allow, basicAuth, satisfy } = checked;
  return { allow, satisfy, ...(basicAuth !== undefined && { basicAuth }) };
}

function withDefaults(checked: Checked['limits']): Limits {
  const own = limitsOf(checked);
  return {
    auth: { ...defaultLimits.auth, ...own.auth },
    websocket: { ...defaultLimits.websocket, ...own.websocket },
    heavy: { ...defaultLimits.heavy, ...own.heavy },
    light: { ...defaultLimits.light, ...own.light },
    general: { ...defaultLimits.general, ...own.general },
  };
}

function limitsOf(checked: CheckedSite['limits']): SiteSettings['limits'] {
  const limits: SiteSettings['limits'] = {};
  for (const name of limitNames) {
    const written = checked[name];
    if (written === undefined) continue;
    const { rate, burst } = written;
    const paths = 'paths' in written ? written.paths : undefined;
    limits[name] = {
      ...(rate !== undefined && { rate }),
      ...(burst !== undefined && { burst }),
      ...(paths !== undefined && { paths }),
    };
  }
  return limits;
}

function headersOf(checked: Checked['headers']): Partial<SecurityHeaders> {
  const { hsts, csp, frameOptions, contentTypeOptions, referrerPolicy } = checked;
  return {
    ...(hsts !== undefined && { hsts }),
    ...(csp !== undefined && { csp }),
    ...(frameOptions !== undefined && { frameOptions }),
    ...(contentTypeOptions !== undefined && { contentTypeOptions }),
    ...(referrerPolicy !== undefined && { referrerPolicy }),
  };
}
