import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SshAgent } from '../../../src/adapters/docker/ssh-agent.ts';
import { type EngineSshd, startEngineSshd } from '../../support/engine-sshd.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

const engine = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let sshd: EngineSshd;
beforeAll(async () => {
  folder = await temporaryFolder();
  sshd = await startEngineSshd(folder.path, engine);
});
afterAll(async () => {
  await sshd?.stop();
  await folder?.remove();
});

/** An agent, and the connection that it has. */
async function agentOn() {
  const { hostname, port, username } = new URL(sshd.docker);
  const sock = connect(Number(port), hostname);
  const privateKey = await readFile(sshd.key);
  return { sock, agent: new SshAgent({ sock, username, privateKey, hostVerifier: () => true }) };
}

const answerTo = async (agent: SshAgent, path: string): Promise<IncomingMessage> => {
  const [response] = (await once(get({ agent, host: 'docker', path }), 'response')) as [IncomingMessage];
  return response;
};

it('brings requests to the engine, several at once, and lets the connection go when none is under way', async () => {
  const { agent, sock } = await agentOn();
  const gone = once(sock, 'close');
  const answers = await Promise.all(
    Array.from({ length: 4 }, async () => text(await answerTo(agent, '/_ping'))),
  );
  expect(answers).toEqual(['OK', 'OK', 'OK', 'OK']);
  await gone;
});

it('lets it go when a request was given up unread', async () => {
  const { agent, sock } = await agentOn();
  const gone = once(sock, 'close');
  (await answerTo(agent, '/events')).destroy();
  await gone;
});
