export const hostExpected = 'a host name such as shop.example.com, without scheme, port or *';
export const routePathExpected = 'a path such as / or /api, of letters, digits and . _ ~ - /';

/** A DNS name (RFC 1123, at least one label, no underscore, no trailing dot) or an IPv4 address. */
export function isRouteHost(host: string): boolean {
  if (host.length > 253) return false;
  if (/^[\d.]+$/.test(host)) return isIpv4(host);
  const labels = host.split('.');
  return (
    labels.every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

/** A path prefix that means nothing in a router's configuration, and that a normalised request can have. */
export const isRoutePath = (path: string): boolean =>
  path.length <= 256 &&
  /^\/[A-Za-z0-9._~/-]*$/.test(path) &&
  !path.includes('//') &&
  !path.split('/').some((segment) => segment === '.' || segment === '..');

const isIpv4 = (host: string): boolean =>
  host.split('.').length === 4 &&
  host.split('.').every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
