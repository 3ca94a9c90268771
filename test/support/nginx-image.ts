import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureBaseImage } from './git-build.ts';
import { scratchFolder } from './host-bundle.ts';

const exec = promisify(execFile);
const dockerfile = `FROM busybox:1.36
ADD nginx.tar /
RUN mkdir -p /var/log/nginx /var/lib/nginx
ENV PATH=/usr/sbin:/bin
`;

/** Makes an image of this machine's own nginx: there is no registry to pull one from. */
export async function makeNginxImage(name: string): Promise<void> {
  await ensureBaseImage('busybox', 'busybox:1.36');
  const folder = await scratchFolder();
  const { stdout } = await exec('ldd', ['/usr/sbin/nginx']);
  const libraries = [...stdout.matchAll(/(?:=>\s*|^\s*)(\/\S+)\s+\(0x/gm)].map(([, path = '']) =>
    path.slice(1),
  );
  await exec('tar', ['-chf', join(folder.path, 'nginx.tar'), '-C', '/', 'usr/sbin/nginx', ...libraries]);
  await writeFile(join(folder.path, 'Dockerfile'), dockerfile);
  await exec('docker', ['build', '--quiet', '--tag', name, folder.path]);
  await folder.remove();
}
