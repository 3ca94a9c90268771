import { entriesOf, valueAt } from '../yaml-path.ts';
import type { ReportAt } from './context.ts';
import { isWorker } from './worker.ts';

/**
 * What a service must have for Siskin to roll it out: an active profile, something to build, a way to see that it is
 * healthy, a port. Looks at the raw service, so that these are reported along with every other mistake.
 */
export function checkRequirements(service: unknown, profiles: readonly string[], report: ReportAt): void {
  const has = (...path: string[]): boolean => valueAt(service, path) !== undefined;
  const own = valueAt(service, ['profiles']);
  if (Array.isArray(own) && own.length > 0 && !own.some((profile) => profiles.includes(String(profile))))
    report(
      ['profiles'],
      `is ${own.join(', ').slice(0, 100)}, none of which is active here: add one to the environment's profiles in siskin.yaml`,
    );
  if (!has('build'))
    report(
      ['build'],
      'is missing: build is needed by this version (an image alone is not enough); write build: . for a Dockerfile beside this file',
    );
  if (isWorker(service)) return;
  const [kind] = [valueAt(service, ['healthcheck', 'test'])].flat();
  const disabled = kind === 'NONE' || String(valueAt(service, ['healthcheck', 'disable'])) === 'true';
  if (!has('x-siskin', 'health') && (!has('healthcheck') || disabled))
    report(
      ['x-siskin', 'health'],
      'is missing: a release is promoted on evidence, so name an HTTP probe, for example health: { path: /healthz }',
    );
  const expose = valueAt(service, ['expose']);
  if (!has('x-siskin', 'port') && !(Array.isArray(expose) && expose.length === 1))
    report(
      ['x-siskin', 'port'],
      'is missing: write the port on which the app answers HTTP, for example port: 3000 (or expose exactly one)',
    );
}

/** The names of the file's services, for a message. */
export const serviceNames = (services: unknown): string => {
  const names = entriesOf(services).map(([name]) => name);
  return names.length === 0 ? 'none' : names.slice(0, 20).join(', ');
};
