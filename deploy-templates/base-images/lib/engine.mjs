import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const answerTimeoutMs = 120_000;
const answerLimitBytes = 4 * 1024 * 1024;

/**
 * The Docker engine's HTTP API, as far as making images needs it.
 * @param {string | undefined} host as DOCKER_HOST says it
 */
export function connect(host) {
  const target = parseHost(host);
  const ask = (method, path, body) => call(target, method, path, body);
  return {
    async hasImage(name) {
      const { status } = await ask('GET', `/images/${name}/json`);
      return status === 200;
    },
    async pull({ repository, tag }) {
      await done(
        ask('POST', `/images/create?${new URLSearchParams({ fromImage: repository, tag })}`),
        'pull',
      );
    },
    /** @returns {Promise<string>} the image's id */
    async importImage({ repository, tag }, archive, changes) {
      const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag });
      for (const change of changes) query.append('changes', change);
      const events = await done(ask('POST', `/images/create?${query}`, archive), 'import');
      return events.at(-1)?.status ?? '';
    },
    async tag(id, { repository, tag }) {
      await done(ask('POST', `/images/${id}/tag?${new URLSearchParams({ repo: repository, tag })}`), 'tag');
    },
  };
}

function parseHost(host) {
  if (!host || host === 'unix://') return { socketPath: '/var/run/docker.sock' };
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  if (!/^(tcp|http):\/\//.test(host))
    throw new Error(`DOCKER_HOST ${host} is not supported here: unix://, tcp:// or http://`);
  const { hostname, port } = new URL(host.replace(/^tcp:/, 'http:'));
  return { host: hostname, port: port || '2375' };
}

async function call(target, method, path, body) {
  const headers = body ? { 'Content-Type': 'application/x-tar' } : { 'Content-Length': '0' };
  const outgoing = request({ ...target, method, path, headers, timeout: answerTimeoutMs });
  outgoing.on('timeout', () => outgoing.destroy(new Error('it did not answer in time')));
  const answer = new Promise((resolve, reject) => outgoing.on('response', resolve).on('error', reject));
  try {
    await Promise.all([answer, body ? pipeline(Readable.from(body), outgoing) : outgoing.end()]);
    const response = await answer;
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      if (text.length > answerLimitBytes) throw new Error('its answer is too long');
    }
    return { status: response.statusCode ?? 0, text };
  } catch (error) {
    throw new Error(unreachable(error, target), { cause: error });
  }
}

function unreachable(error, { socketPath, host, port }) {
  const where = socketPath ?? `${host}:${port}`;
  if (error.code === 'EACCES')
    return `no permission for the Docker engine at ${where}: be root, or in the group docker`;
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')
    return `no Docker engine answers at ${where}: start it, or name another with DOCKER_HOST`;
  return `the Docker engine at ${where}: ${error.message}`;
}

/** The engine tells a failure by status, or, once it streams, by an `error` in an event. */
async function done(call, verb) {
  const { status, text } = await call;
  const events = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const failure =
    status >= 400 ? (events[0]?.message ?? `status ${status}`) : events.find((event) => event.error)?.error;
  if (failure) throw new Error(`the engine could not ${verb}: ${failure}`);
  return events;
}
