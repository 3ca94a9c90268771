import * as z from 'zod';
import { mapping, must, nameText } from '../fields.ts';

const noSettings = mapping(
  {},
  {
    worker: 'stands in the Compose file: x-siskin: { worker: true } on the service',
  },
);

/** `apps.*.services`: the Compose services that are rolled out together. */
export const servicesSchema = z
  .record(nameText(), noSettings.nullable())
  .refine(
    (services) => Object.keys(services).length > 0,
    must('a mapping of at least one service, for example { web: {}, api: {} }'),
  );

/** The names under `services`, or the one under `service`. */
export const serviceNamesOf = ({
  service,
  services,
}: {
  service?: string | undefined;
  services?: Record<string, unknown> | undefined;
}): string[] => (service === undefined ? Object.keys(services ?? {}) : [service]);
