import { valueAt } from '../yaml-path.ts';
import type { ReportAt } from './context.ts';

/** What siskin.yaml sends to a service. */
export interface RoutedTo {
  service: string;
  host: string;
  path: string;
}

/** Whether a service, as it stands in the file, is a worker. */
export const isWorker = (service: unknown): boolean =>
  String(valueAt(service, ['x-siskin', 'worker'])) === 'true';

const forRequests: readonly [string, string][] = [
  ['port', 'it has no port'],
  ['health', 'write a healthcheck, or none: then it is healthy when it runs for a while'],
  ['smoke', 'there is nothing to request'],
  ['analysis', 'conditions are looked at while two releases share requests'],
];

/** What goes with requests does not go with a worker. */
export function checkWorker(service: unknown, routes: readonly RoutedTo[], report: ReportAt): void {
  if (!isWorker(service)) return;
  for (const { host, path } of routes)
    report(
      ['x-siskin', 'worker'],
      `is true, but siskin.yaml routes ${host}${path} to this service: a worker answers no requests`,
    );
  for (const [key, why] of forRequests)
    if (valueAt(service, ['x-siskin', key]) !== undefined)
      report(['x-siskin', key], `is not for a worker: ${why}`);
  if (
    valueAt(service, ['x-siskin', 'metrics']) !== undefined &&
    valueAt(service, ['x-siskin', 'metrics', 'port']) === undefined
  )
    report(['x-siskin', 'metrics', 'port'], 'is missing: a worker has no other port');
}
