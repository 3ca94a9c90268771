import { request } from 'node:http';
import process from 'node:process';
import { baseImages } from './plan.mjs';

export const defaultSocket = '/var/run/docker.sock';
const timeoutMs = 5_000;

/** What answers at DOCKER_HOST or the default socket. Changes nothing. */
export async function engineFacts(env) {
  const address = env.DOCKER_HOST ?? `unix://${defaultSocket}`;
  const facts = { address, fromEnvironment: env.DOCKER_HOST !== undefined, answers: false, forbidden: false };
  const none = { node: false, busybox: false };
  const ping = await ask(address, '/version');
  if (ping.error !== undefined || ping.status !== 200) {
    return {
      ...facts,
      forbidden: ping.error === 'EACCES' || ping.error === 'EPERM',
      version: null,
      images: none,
    };
  }
  const images = {};
  for (const { kind, image } of baseImages) {
    images[kind] = (await ask(address, `/images/${encodeURIComponent(image)}/json`)).status === 200;
  }
  return { ...facts, answers: true, version: versionOf(ping.body), images };
}

/** Whether an engine answers at its socket now. */
export async function engineAnswers(env = process.env) {
  return (await ask(env.DOCKER_HOST ?? `unix://${defaultSocket}`, '/_ping')).status === 200;
}

/** One bounded request to the engine. @returns {Promise<{ status?: number, body?: string, error?: string }>} */
function ask(address, path) {
  const target = targetOf(address);
  if (target === null) return Promise.resolve({ error: `cannot read the address ${address}` });
  return new Promise((resolve) => {
    const call = request({ ...target, path, headers: { host: 'docker' } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body = (body + chunk).slice(-65_536);
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
      response.on('error', (error) => resolve({ error: error.code ?? error.message }));
    });
    call.setTimeout(timeoutMs, () => call.destroy(new Error('no answer in time')));
    call.on('error', (error) => resolve({ error: error.code ?? error.message }));
    call.end();
  });
}

function targetOf(address) {
  if (address.startsWith('unix://')) return { socketPath: address.slice('unix://'.length) };
  const match = /^tcp:\/\/([^:/]+):(\d+)/.exec(address);
  return match ? { host: match[1], port: Number(match[2]) } : null;
}

function versionOf(body) {
  try {
    return String(JSON.parse(body).Version);
  } catch {
    return 'unknown version'; // it answered 200; the version is for people only
  }
}
