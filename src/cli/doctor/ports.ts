import { once } from 'node:events';
import { createServer } from 'node:net';
import { codeOf } from '../../domain/errors/code-of.ts';
import { endpoint } from '../../domain/front/config-text.ts';
import { type Finding, fail, ok, type Subject } from './finding.ts';

/** The ports Siskin listens at are free, or a Siskin listens there. */
export async function checkPorts(subject: Subject): Promise<Finding[]> {
  const own = await siskinAnswers(subject.serverListen);
  const listens: [string, string][] = [['server.listen', subject.serverListen]];
  if (subject.routerListen !== null) listens.push(['router.listen', subject.routerListen]);
  const { http, https } = subject.config?.front ?? {};
  if (http) listens.push(['front.http', endpoint(http)]);
  if (https) listens.push(['front.https', endpoint(https)]);
  return Promise.all(listens.map(([what, listen]) => checkPort(what, listen, own)));
}

async function checkPort(what: string, listen: string, own: boolean): Promise<Finding> {
  const problem = await tryListen(listen);
  if (problem === null) return ok(what, `${listen} is free`);
  if (problem === 'EADDRINUSE' && own) return ok(what, `${listen} is in use by this Siskin`);
  if (problem === 'EADDRINUSE') {
    return fail(
      what,
      `${listen} is in use by another program`,
      `Stop that program, or change ${what} in siskin.yaml.`,
    );
  }
  return fail(what, `${listen} cannot be listened at (${problem})`, `Change ${what} in siskin.yaml.`);
}

async function tryListen(listen: string): Promise<string | null> {
  const { host, port } = hostAndPort(listen);
  const server = createServer().listen({ host, port });
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return null;
  } catch (error) {
    return codeOf(error) ?? String(error);
  }
}

async function siskinAnswers(listen: string): Promise<boolean> {
  const { host, port } = hostAndPort(listen);
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  try {
    const answer = await fetch(`http://${reachable}:${port}/healthz`, {
      signal: AbortSignal.timeout(2_000),
      redirect: 'error',
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false; // nobody there, or nobody who speaks HTTP: not this Siskin either way
  }
}

function hostAndPort(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(':');
  return {
    host: listen.slice(0, colon).replace(/^\[|\]$/g, '') || '0.0.0.0',
    port: Number(listen.slice(colon + 1)),
  };
}
