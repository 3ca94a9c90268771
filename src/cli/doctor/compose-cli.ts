import { composeEnvironment, findComposeProgram } from '../../adapters/compose/program.ts';
import type { Env } from '../../config/env.ts';
import type { SiskinConfig } from '../../config/siskin-config.ts';
import { errorCatalogue } from '../../domain/errors/catalogue.ts';
import { type Finding, fail, ok } from './finding.ts';

const timeoutMs = 10_000;

/** What brings accessories up; nothing where no app has any. */
export async function checkComposeCli(
  { apps, docker }: Pick<SiskinConfig, 'apps' | 'docker'>,
  env: Env,
): Promise<Finding[]> {
  if (!apps.some(({ accessories }) => accessories && accessories.length > 0)) return [];
  const DOCKER_HOST = docker.host.replace(/^http:/, 'tcp:');
  try {
    const found = await findComposeProgram(
      composeEnvironment({ ...env, DOCKER_HOST }),
      AbortSignal.timeout(timeoutMs),
    );
    if (found) return [ok('compose', found.words.join(' '))];
    return [
      fail(
        'compose',
        'neither docker compose nor docker-compose is on the PATH',
        errorCatalogue.COMPOSE_CLI_MISSING.hint,
      ),
    ];
  } catch {
    // nothing but the time-out's end is thrown
    return [
      fail('compose', 'did not tell its version within 10 s', 'See whether the Docker engine answers.'),
    ];
  }
}
