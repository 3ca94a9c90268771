import type { RequestHandler } from 'express';
import { SiskinError } from '../domain/errors/siskin-error.ts';

/**
 * Refuses what a page of another site makes a browser send. Programs send neither header and pass.
 * @param publicUrl whose origin is ours too, where a proxy changes the Host
 */
export const refuseCrossSite =
  (publicUrl?: string): RequestHandler =>
  (request, _response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    const site = request.headers['sec-fetch-site'];
    const origin = request.headers.origin;
    const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
    const foreignOrigin = origin !== undefined && !isOwn(origin, request.headers.host, publicUrl);
    if (!foreignSite && !foreignOrigin) return next();
    throw new SiskinError('CROSS_SITE_REFUSED', 'The request comes from a page of another site.');
  };

const isOwn = (origin: string, host: string | undefined, publicUrl: string | undefined): boolean => {
  if (!URL.canParse(origin)) return false;
  const ours = publicUrl !== undefined && URL.canParse(publicUrl) ? new URL(publicUrl).origin : null;
  return origin === ours || new URL(origin).host === host;
};
