import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamModule, streamPlace } from '../../../src/adapters/nginx/stream-module.ts';

const preread = '--with-stream_ssl_preread_module';

describe('nginx’s stream module', () => {
  it.each([
    [
      'nginx.org',
      `nginx version: nginx/1.26.3\nconfigure arguments: --prefix=/etc/nginx --with-stream ${preread}`,
      'built-in',
    ],
    [
      'Debian',
      `--modules-path=/usr/lib/nginx/modules --with-stream=dynamic ${preread}`,
      { file: '/usr/lib/nginx/modules/ngx_stream_module.so' },
    ],
    [
      'one with a prefix alone',
      `--prefix=/opt/nginx --with-stream=dynamic ${preread}`,
      { file: '/opt/nginx/modules/ngx_stream_module.so' },
    ],
    ['one that looks at no names', '--with-stream --with-http_ssl_module', 'none'],
    ['one without', '--with-http_ssl_module', 'none'],
  ])('of %s', (_whose, build, place) => {
    expect(streamPlace(build)).toEqual(place);
  });
});

describe('an nginx that lacks it', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sk-stream-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A program that says of itself what nginx would. */
  const built = async (options: string) => {
    const file = join(folder, 'nginx');
    await writeFile(file, `#!/bin/sh\necho "configure arguments: ${options}" >&2\n`);
    await chmod(file, 0o755);
    return file;
  };

  it('is refused by name of what is missing, and how to get it', async () => {
    const nginx = await built(`--modules-path=${folder} --with-stream=dynamic ${preread}`);
    const module = join(folder, 'ngx_stream_module.so');
    await expect(streamModule(nginx)).rejects.toMatchObject({
      code: 'FRONT_STREAM_MISSING',
      message: `front.forward: ${nginx} has no stream module: ${module} is not there.`,
      hint: expect.stringContaining('apt-get install libnginx-mod-stream'),
    });
    await writeFile(module, '');
    expect(await streamModule(nginx)).toBe(module);
  });

  it('and one that was built without it likewise', async () => {
    const nginx = await built('--with-http_ssl_module');
    const message = `front.forward: ${nginx} was built without its stream module.`;
    await expect(streamModule(nginx)).rejects.toMatchObject({ code: 'FRONT_STREAM_MISSING', message });
  });
});
