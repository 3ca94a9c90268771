#!/usr/bin/env node
/**
 * Makes, under their official names, the images that docker-compose.yml asks for, out of this machine's own
 * programs: for hosts that reach no container registry. Node's builtins and the docker command only.
 * What the engine has already is left alone; siskin:local is made again each time.
 *
 * Before it: `npm run setup` (base image, node_modules, dist; apt packages haproxy, prometheus, redis-server, git).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { images } from './local-images/images.mjs';
import { stageCheckout } from './local-images/stage-checkout.mjs';
import { stagePrograms } from './local-images/stage-programs.mjs';

const usage = `Usage: node make-local-images.mjs [NAME]...

Makes images from this machine's programs, all that docker-compose.yml needs or those named:
  ${[...images.map(({ name }) => name), 'siskin:local'].join('\n  ')}
`;

function main(args) {
  if (args.includes('--help')) return process.stdout.write(usage);
  const wanted = (name) => args.length === 0 || args.includes(name);
  for (const image of images) {
    if (wanted(image.name)) makeOnce(image);
  }
  if (wanted('siskin:local')) {
    inFolder((folder) => {
      stageCheckout(folder);
      build('siskin:local', folder, ['--build-arg', 'NODE_IMAGE=siskin-base:local']);
    });
  }
}

function makeOnce(image) {
  if (hasImage(image.name)) return console.log(`${image.name}: is there already`);
  inFolder((folder) => {
    stagePrograms(folder, image);
    build(image.name, folder);
  });
}

function build(name, folder, options = []) {
  const began = performance.now();
  docker(['build', '--quiet', '--network', 'none', '--tag', name, ...options, folder]);
  console.log(`${name}: made in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

function hasImage(name) {
  try {
    docker(['image', 'inspect', name]);
    return true;
  } catch {
    return false; // inspect fails for an image that does not exist; a dead engine shows at the build
  }
}

const docker = (args) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'siskin-image-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(`make-local-images: ${error.stderr || error.message}`);
  process.exitCode = 1;
}
