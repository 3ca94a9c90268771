import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { secondsLeft } from '../../../workers/front-files.ts';
import { type AcmeServer, startAcmeServer } from '../../support/acme-server.ts';
import { type FrontFixture, selfSigned, startFrontFixture } from '../../support/front-fixture.ts';
import { overTls, servedSerial, startHandshakes, startTlsLoad } from '../../support/tls-load.ts';

const shop = 'shop.example.com';
const sub = 'a.wild.example.com';
const wait = { timeout: 60_000, interval: 100 };

describe('certificates', () => {
  let fixture: FrontFixture;
  let acme: AcmeServer;
  const home = () => join(fixture.folder, 'letsencrypt');
  beforeAll(async () => {
    const unlimited = { rate: '100000r/s', burst: 10_000 };
    fixture = await startFrontFixture(
      {
        production: { routes: [{ host: shop }] },
        wild: { routes: [{ host: sub }] },
        plain: { routes: [{ host: 'plain.example.com' }], front: { tls: 'off' } },
      },
      { certificates: './letsencrypt/config/live', limits: { general: unlimited } },
    );
    acme = await startAcmeServer(join(fixture.folder, 'pebble'), fixture.http);
  });
  afterAll(async () => {
    await acme.close();
    await fixture.close();
  });

  it('come from an ACME server, first and renewed, without a reload and without a failed request', async () => {
    const workers = await fixture.workers();
    expect((await fixture.get(shop, '/')).status).toBe(200); // no certificate yet: plain HTTP
    await expect(servedSerial(fixture.https, shop)).rejects.toThrow();
    const webroot = join(fixture.config.dataDir, 'nginx', 'acme');
    await acme.certbot(home(), [
      'certonly',
      '--webroot',
      '-w',
      webroot,
      '-d',
      shop,
      '-m',
      'ops@example.com',
      '--no-eff-email',
    ]);
    const first = await vi.waitFor(() => servedSerial(fixture.https, shop), wait);
    const redirected = await fixture.get(shop, '/a?b=c');
    expect(redirected).toMatchObject({
      status: 301,
      headers: { location: `https://${shop}:${fixture.https}/a?b=c` },
    });

    const load = startTlsLoad(fixture.https, shop, 100);
    const handshakes = startHandshakes(fixture.https, shop, 2);
    await acme.certbot(home(), ['renew', '--force-renewal', '--no-random-sleep-on-renew']);
    const isRenewed = async () => expect(await servedSerial(fixture.https, shop)).not.toBe(first);
    await vi.waitFor(isRenewed, wait);
    // Both turns have it: neither of the two files is the old one.
    await vi.waitFor(
      async () => expect(await servedFiles()).toEqual([await renewed(), await renewed()]),
      wait,
    );
    const [result, made] = await Promise.all([load.stop(), handshakes.stop()]);

    expect(result.errors).toEqual([]);
    expect(result.requests).toBeGreaterThan(100);
    expect(made.failures).toEqual([]);
    expect([...made.serials.keys()][0]).toBe(first);
    expect(made.serials.size).toBe(2);
    expect(await fixture.reloadedSince(workers)).toBe(false);
  });

  const servedFiles = () =>
    Promise.all(
      ['a', 'b'].map((turn) =>
        readFile(join(fixture.config.dataDir, 'nginx', 'certificates', `${shop}.${turn}.pem`), 'utf8'),
      ),
    );
  const renewed = async () => {
    const read = (name: string) => readFile(join(home(), 'config', 'live', shop, name), 'utf8');
    return `${(await read('fullchain.pem')).trim()}\n${(await read('privkey.pem')).trim()}\n`;
  };

  it('are used with TLS 1.2 and 1.3 alone, and HTTPS tells browsers to stay with it', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const options = { minVersion: version, maxVersion: version };
      expect(await overTls(fixture.https, shop, '/', options)).toMatchObject({
        protocol: version,
        status: 200,
        headers: { 'strict-transport-security': 'max-age=31536000' },
      });
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    await expect(overTls(fixture.https, shop, '/', old)).rejects.toThrow(/protocol version/);
    const { headers } = await fixture.get('plain.example.com', '/');
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('cover hosts by their names, not only by that of their folder', async () => {
    await selfSigned(fixture.folder, 'wild', ['*.wild.example.com']);
    await cp(join(fixture.folder, 'certs', 'wild'), join(home(), 'config', 'live', 'wild'), {
      recursive: true,
    });
    await vi.waitFor(() => servedSerial(fixture.https, sub), wait);
    await expect(servedSerial(fixture.https, 'plain.example.com')).rejects.toThrow();
    await expect(servedSerial(fixture.https, 'unknown.example.com')).rejects.toThrow();
    const left = await secondsLeft(fixture.front.value);
    expect(left.map(({ host }) => host)).toEqual([sub, shop]);
    expect(left[0]?.secondsLeft).toBeGreaterThan(29 * 86_400);
    expect(left[0]?.secondsLeft).toBeLessThanOrEqual(30 * 86_400);
  });

  it('that do not fit their keys are not served; the one of before is', async () => {
    const before = await servedSerial(fixture.https, sub);
    const key = join(home(), 'config', 'live', 'wild', 'privkey.pem');
    await selfSigned(fixture.folder, 'other', ['other.example.com']);
    await rm(key);
    await writeFile(key, await readFile(join(fixture.folder, 'certs', 'other', 'privkey.pem')));
    await fixture.again({ wild: { routes: [{ host: sub }] } });
    expect(await servedSerial(fixture.https, sub)).toBe(before);
  });
});
