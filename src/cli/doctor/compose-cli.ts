import { ComposeCli } from '../../adapters/process/compose-cli.ts';
import type { Env } from '../../config/env.ts';
import type { SiskinConfig } from '../../config/siskin-config.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type Finding, fail, ok } from './finding.ts';

const timeoutMs = 10_000;

/** What brings accessories up; nothing where no app has any. */
export async function checkComposeCli(
  { apps, docker }: Pick<SiskinConfig, 'apps' | 'docker'>,
  env: Env,
): Promise<Finding[]> {
  if (!apps.some(({ accessories }) => accessories && accessories.length > 0)) return [];
  const cli = new ComposeCli({ dockerHost: docker.host, environment: env });
  try {
    return [ok('compose', (await cli.find(AbortSignal.timeout(timeoutMs))).join(' '))];
  } catch (error) {
    if (error instanceof SiskinError) return [fail('compose', error.message, error.hint)];
    return [
      fail('compose', 'did not tell its version within 10 s', 'See whether the Docker engine answers.'),
    ];
  }
}
