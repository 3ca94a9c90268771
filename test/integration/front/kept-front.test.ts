import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { expect, it } from 'vitest';
import { loadSiskinConfig } from '../../../src/config/siskin-config.ts';
import { keepFront } from '../../../workers/kept-front.ts';
import { freePort } from '../../support/free-port.ts';
import { quiet } from '../../support/front-fixture.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

it('names both reasons when it can be started neither anew nor as it was, serves on, and follows when both are mended', async () => {
  const folder = await temporaryFolder();
  await chmod(folder.path, 0o755); // nginx's workers are another user
  const [http, router] = [await freePort(), await freePort()];
  const configOf = async (front: string) => {
    const file = join(folder.path, 'siskin.yaml');
    await writeFile(
      file,
      `
dataDir: ${folder.path}/data
router: { listen: "127.0.0.1:${router}" }
front: { http: "127.0.0.1:${http}", ${front} }
apps:
  shop:
    repo: ${folder.path}
    service: web
    environments:
      production: { branch: release, routes: [{ host: shop.example.com }] }
`,
    );
    return loadSiskinConfig(file, {});
  };
  const answered = async () => {
    const { statusCode, body } = await request(`http://127.0.0.1:${http}/`, {
      headers: { host: 'shop.example.com' },
      reset: true,
    });
    await body.dump();
    return statusCode;
  };
  const [older, newer] = [join(folder.path, 'older'), join(folder.path, 'newer')];
  await mkdir(older);
  const front = await keepFront(await configOf(`challenges: ${older}/acme`), quiet);
  try {
    expect(await answered()).toBe(502); // no router
    await rm(older, { recursive: true });
    for (const place of [older, newer]) await writeFile(place, 'a file where a folder belongs');
    const next = await configOf(`challenges: ${newer}/acme`);
    await expect(front?.follow(next)).rejects.toMatchObject({
      code: 'FRONT_NOT_KEPT',
      message: expect.stringMatching(/newer\/acme.*older\/acme/),
    });
    expect(await answered()).toBe(502);
    await rm(newer);
    await front?.follow(next);
    expect(await answered()).toBe(502);
  } finally {
    await front?.stop();
    await folder.remove();
  }
});
