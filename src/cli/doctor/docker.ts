import { request } from 'node:http';
import { z } from 'zod';
import { codeOf } from '../../domain/errors/code-of.ts';
import { type Finding, fail, ok, type Subject, warn } from './finding.ts';

const versionSchema = z.object({ Version: z.string(), ApiVersion: z.string() });
const infoSchema = z.object({
  DockerRootDir: z.string(),
  Warnings: z.array(z.string()).nullish(),
});

const timeoutMs = 5_000;
const maxAnswerBytes = 1024 * 1024;

/** Whether the engine answers this user, and what it warns of itself. */
export async function checkDocker(subject: Subject): Promise<Finding[]> {
  try {
    const version = versionSchema.parse(await ask(subject.dockerHost, '/version'));
    const info = infoSchema.parse(await ask(subject.dockerHost, '/info'));
    return [
      ok('docker', `${version.Version} (API ${version.ApiVersion}) at ${subject.dockerHost}`),
      ...judgeWarnings(info.Warnings ?? []),
    ];
  } catch (error) {
    return [fail('docker', `${subject.dockerHost}: ${reason(error)}`, adviceFor(error))];
  }
}

/** Only what weakens Siskin's own limits is told; engines warn of much else. */
export const judgeWarnings = (warnings: string[]): Finding[] =>
  warnings
    .filter((text) => /memory limit|cpu cfs|pids limit/i.test(text))
    .map((text) =>
      warn('docker', text, 'Limits of memory, CPU or processes will not hold: enable the cgroup controller.'),
    );

const reason = (error: unknown): string => {
  if (error instanceof z.ZodError) return 'what answers is not a Docker engine';
  return error instanceof Error ? error.message : String(error);
};

const adviceFor = (error: unknown): string =>
  codeOf(error) === 'EACCES'
    ? 'Add this user to the group docker (`sudo usermod -aG docker USER`) and log in again.'
    : 'Start the engine (`sudo systemctl start docker`, or `npm run setup`), or mend docker.host in siskin.yaml.';

function ask(host: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ ...targetOf(host), path, headers: { host: 'docker' } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > maxAnswerBytes) call.destroy(new Error('the answer is longer than 1 MiB'));
      });
      response.on('end', () => parseInto(body, resolve, reject));
      response.on('error', reject);
    });
    call.setTimeout(timeoutMs, () => call.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    call.on('error', reject);
    call.end();
  });
}

function parseInto(body: string, resolve: (value: unknown) => void, reject: (error: Error) => void): void {
  try {
    resolve(JSON.parse(body));
  } catch (error) {
    reject(new Error('what answers is not a Docker engine', { cause: error }));
  }
}

function targetOf(host: string): { socketPath: string } | { host: string; port: string } {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const url = new URL(host.replace(/^tcp:/, 'http:'));
  return { host: url.hostname, port: url.port || '2375' };
}
