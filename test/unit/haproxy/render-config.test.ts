import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderConfig } from '../../../src/adapters/haproxy/render-config.ts';
import type {
  RouterOptions,
  RouterServer,
  RouterState,
} from '../../../src/adapters/haproxy/router-config.ts';

const options: RouterOptions = {
  listen: '127.0.0.1:8081',
  metricsListen: '127.0.0.1:8404',
  adminSocket: '/var/lib/siskin/run/haproxy.sock',
};
const server = (name: string, change: Partial<RouterServer> = {}): RouterServer => ({
  name,
  address: '172.18.0.2',
  port: 3000,
  weight: 100,
  state: 'ready',
  ...change,
});
const twoApps: RouterState = {
  routes: [
    { backend: 'shop-production-web', host: 'shop.example.com', path: '/' },
    { backend: 'shop-production-api', host: 'shop.example.com', path: '/api' },
    { backend: 'shop-production-api', host: 'shop.example.com', path: '/api/v2/' },
    { backend: 'shop-test-web', host: 'test.shop.example.com', path: '/' },
  ],
  servers: {
    'shop-production-web': [
      server('r12-1'),
      server('r11-1', { address: '172.18.0.3', state: 'drain' }),
      server('r11-2', { address: 'fd00::3', weight: 50 }),
      server('r12-2', { address: '172.18.0.5', weight: 0, state: 'maintenance' }),
    ],
    'shop-production-api': [server('r12-1', { address: '172.18.0.9', port: 8080, weight: 256 })],
  },
};
const golden = (name: string) => join(import.meta.dirname, '../../golden/haproxy', name);

describe('renderConfig', () => {
  it('renders nothing to route: what a router of a fresh installation has', async () => {
    const text = renderConfig({ routes: [], servers: {} }, options);
    await expect(text).toMatchFileSnapshot(golden('empty.cfg'));
  });

  it('renders two apps with servers in every state', async () => {
    const inputAndOutput = `# ${JSON.stringify(twoApps)}\n${renderConfig(twoApps, options)}`;
    await expect(inputAndOutput).toMatchFileSnapshot(golden('two-apps.cfg'));
  });

  it('is a configuration that HAProxy accepts without a warning', () => {
    const directory = mkdtempSync(join(tmpdir(), 'sk-'));
    try {
      const file = join(directory, 'haproxy.cfg');
      writeFileSync(file, renderConfig(twoApps, options));
      const path = `/usr/local/sbin:/usr/sbin:/usr/bin`;
      execFileSync('haproxy', ['-c', '-dW', '-f', file], { stdio: 'pipe', env: { PATH: path } });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('gives the same text whatever the order of routes and servers', () => {
    const text = renderConfig(twoApps, options);
    const shuffled = fc.record({
      routes: fc.shuffledSubarray(twoApps.routes, { minLength: twoApps.routes.length }),
      web: fc.shuffledSubarray(twoApps.servers['shop-production-web'] ?? [], { minLength: 4 }),
    });
    fc.assert(
      fc.property(shuffled, ({ routes, web }) => {
        const servers = { ...twoApps.servers, 'shop-production-web': web };
        expect(renderConfig({ routes, servers }, options)).toBe(text);
      }),
    );
  });

  it('is what the template of the container starts with', () => {
    const template = readFileSync(
      join(import.meta.dirname, '../../../deploy-templates/haproxy/haproxy.cfg'),
      'utf8',
    );
    const inContainer: RouterOptions = {
      listen: '*:8081',
      metricsListen: '*:8404',
      adminSocket: '/run/siskin/haproxy.sock',
    };
    expect(template).toBe(renderConfig({ routes: [], servers: {} }, inContainer));
  });

  it('refuses one place that two backends want', () => {
    const routes = [
      { backend: 'a-production-web', host: 'x.example.com', path: '/api' },
      { backend: 'b-production-web', host: 'x.example.com', path: '/api/' },
    ];
    expect(() => renderConfig({ routes, servers: {} }, options)).toThrow(
      'x.example.com/api is routed to both a-production-web and b-production-web.',
    );
  });
});

describe('threat 22: a value carrying configuration syntax', () => {
  const refused = expect.objectContaining({ code: 'ROUTER_REFUSED' });
  const rendering = (state: RouterState) => () => renderConfig(state, options);
  const nasty = [
    'x }\nbackend evil',
    'a b',
    'a"b',
    "a'b",
    'a#b',
    'a;b',
    'a\\b',
    'a$ENV',
    '$' + '{HOME}',
    'a{b',
    'a,b',
    'é',
    '',
    '\u0000',
    'a\r',
    'a'.repeat(400),
  ];

  it.each(nasty)('threat 22: host %j', (host) => {
    const routes = [{ backend: 'shop-production-web', host, path: '/' }];
    expect(rendering({ routes, servers: {} })).toThrow(refused);
  });

  it.each([...nasty, 'api', '/..', '/a/../b', '//', '/a b', '/a}', '/%2e', '/a?b', '/a\n/b', '/.'])(
    'threat 22: path %j',
    (path) => {
      const routes = [{ backend: 'shop-production-web', host: 'x.example.com', path }];
      expect(rendering({ routes, servers: {} })).toThrow(refused);
    },
  );

  it.each([...nasty, '_front', 'A'])('threat 22: backend and server %j', (name) => {
    expect(rendering({ routes: [{ backend: name, host: 'x', path: '/' }], servers: {} })).toThrow(refused);
    expect(rendering({ routes: [], servers: { 'a-b-c': [server(name)] } })).toThrow(refused);
  });

  it.each(['example.com', '1.2.3', '1.2.3.4 weight 256', 'fe80::1%eth0', ''])(
    'threat 22: address %j',
    (address) => {
      expect(rendering({ routes: [], servers: { 'a-b-c': [server('r1-1', { address })] } })).toThrow(refused);
    },
  );

  it('threat 22: ports, weights and listening addresses', () => {
    for (const change of [{ port: 0 }, { port: 65_536 }, { port: 1.5 }, { weight: -1 }, { weight: 257 }]) {
      expect(rendering({ routes: [], servers: { 'a-b-c': [server('r1-1', change)] } })).toThrow(refused);
    }
    const empty = { routes: [], servers: {} };
    expect(() => renderConfig(empty, { ...options, listen: '127.0.0.1:80\n  mode tcp' })).toThrow(refused);
    expect(() => renderConfig(empty, { ...options, adminSocket: '/a b' })).toThrow(refused);
    expect(() => renderConfig(empty, { ...options, trustedProxies: ['10.0.0.0/8 }'] })).toThrow(refused);
  });

  it('threat 22: whatever the host and path, no line of the file is theirs', () => {
    const lines = (routes: RouterState['routes']) =>
      renderConfig({ routes, servers: {} }, options).split('\n').length;
    const plain = lines([{ backend: 'a-b-c', host: 'x', path: '/x' }]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (host, path) => {
        try {
          const found = lines([{ backend: 'a-b-c', host, path }]);
          expect(found).toBeLessThanOrEqual(plain);
          expect(`${host}${path}`).toMatch(/^[A-Za-z0-9._~/-]+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ROUTER_REFUSED' });
        }
      }),
    );
  });
});
