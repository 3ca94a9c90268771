#!/usr/bin/env node
// Makes base images from this machine's own programs, for machines that cannot pull from a registry.
// Plain Node, no packages: it runs before anything is installed. See README.md beside it.
import { realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { busyboxImage, nodeImage } from './lib/contents.mjs';
import { connect } from './lib/engine.mjs';
import { packTar } from './lib/tar.mjs';

const usage = `Usage: node make-image.mjs KIND NAME[:TAG]... [--force] [--pull]

Makes an image out of this machine's own programs and gives it the names.
Does nothing for a name that the Docker engine already has.

KIND
  node      this machine's Node.js, its shared libraries, npm, and a shell
  busybox   this machine's busybox (apt package: busybox-static)

Options
  --force   make it again although the name is taken
  --pull    try to pull each name from its registry first
  --help    this text

The engine is the one of DOCKER_HOST (unix://, tcp://, http://), else /var/run/docker.sock.

Example
  node make-image.mjs node node:20-bookworm-slim`;

const kinds = { node: nodeImage, busybox: busyboxImage };

/** @param {string[]} argv the words after the script's name */
async function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { force: { type: 'boolean' }, pull: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return console.log(usage);
  const [kind, ...words] = positionals;
  if (kind === undefined || !Object.hasOwn(kinds, kind))
    throw new Error(`say which kind: node or busybox\n\n${usage}`);
  if (words.length === 0)
    throw new Error(`say which name the image gets, e.g. node:20-bookworm-slim\n\n${usage}`);

  const engine = connect(process.env.DOCKER_HOST);
  const missing = await namesToMake(engine, words.map(parseName), values);
  if (missing.length > 0) await make(engine, kinds[kind], missing);
}

/** `repository:tag`, told apart; the tag is `latest` when it is not said. */
function parseName(word) {
  const match = /^([a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?$/.exec(word);
  if (!match) throw new Error(`"${word}" is no image name; write e.g. node:20-bookworm-slim`);
  return { repository: match[1], tag: match[2] ?? 'latest', full: `${match[1]}:${match[2] ?? 'latest'}` };
}

async function namesToMake(engine, names, { force, pull }) {
  const missing = [];
  for (const name of names) {
    if (!force && (await engine.hasImage(name.full))) console.log(`${name.full}: is there already`);
    else if (pull && (await pulled(engine, name))) console.log(`${name.full}: pulled`);
    else missing.push(name);
  }
  return missing;
}

async function pulled(engine, name) {
  try {
    await engine.pull(name);
    return true;
  } catch (error) {
    console.log(`${name.full}: could not be pulled (${error.message}); making it here`);
    return false;
  }
}

async function make(engine, contentsOf, [first, ...others]) {
  const began = performance.now();
  const { entries, changes, note } = contentsOf(first);
  const id = await engine.importImage(first, packTar(entries), changes);
  for (const name of others) await engine.tag(id, name);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  for (const name of [first, ...others])
    console.log(`${name.full}: made of ${note} in ${seconds} s (${id.slice(0, 19)})`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === realpathSync(new URL(import.meta.url))) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(`make-image: ${error.message}`);
    process.exitCode = 1;
  });
}
