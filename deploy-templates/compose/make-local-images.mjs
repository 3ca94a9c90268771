#!/usr/bin/env node
/**
 * Makes, under their official names, the images that docker-compose.yml asks for, out of this machine's own
 * programs: for hosts that reach no container registry. Node's builtins and the docker command only.
 * What the engine has already is left alone; Siskin's own is made again each time, from the sources as they are.
 *
 * Before it: `npm run setup` (base image, node_modules; apt packages haproxy, prometheus, redis-server, git).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { images } from './local-images/images.mjs';
import { stageCheckout } from './local-images/stage-checkout.mjs';
import { stagePrograms } from './local-images/stage-programs.mjs';

const pullTimeoutMs = 90_000;

const usage = `Usage: node make-local-images.mjs [--pull] [--siskin-image NAME]

Makes the images that docker-compose.yml needs from this machine's programs:
  ${images.map(({ name }) => name).join('\n  ')}
  siskin:local (or NAME, for SISKIN_IMAGE)

--pull tries the registry first for those that have one.
`;

function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      'siskin-image': { type: 'string', default: 'siskin:local' },
      pull: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return process.stdout.write(usage);
  for (const image of images) makeOnce(image, values.pull);
  makeSiskin(values['siskin-image']);
}

function makeSiskin(name) {
  inFolder((folder) => {
    stageCheckout(folder);
    build(name, folder, ['--build-arg', 'NODE_IMAGE=siskin-base:local']);
  });
  // What lost its name by that: the image of before, where nothing runs from it, and the first stage's.
  docker(['image', 'prune', '--force', '--filter', 'label=siskin.image=true']);
}

function makeOnce(image, pull) {
  if (hasImage(image.name)) return console.log(`${image.name}: is there already`);
  if (pull && !image.name.endsWith(':local') && pulled(image.name)) return;
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

function pulled(name) {
  try {
    execFileSync('docker', ['pull', '--quiet', name], { stdio: 'pipe', timeout: pullTimeoutMs });
    console.log(`${name}: pulled`);
    return true;
  } catch (error) {
    const [why] = String(error.stderr || error.message)
      .trim()
      .split('\n');
    console.log(`${name}: could not be pulled (${why}); making it here`);
    return false;
  }
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
