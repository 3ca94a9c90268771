import * as z from 'zod';
import { must, quantity, truth } from '../fields.ts';
import { duration } from '../units.ts';
import { commandField } from './command.ts';
import {
  exposeField,
  healthcheckField,
  loggingField,
  restartField,
  tmpfsField,
  ulimitsField,
  userField,
  workingDirField,
} from './container-fields.ts';
import type { ComposeContext } from './context.ts';
import { volumesField } from './mounts.ts';
import { networksField } from './networks.ts';
import { labelsField, variablesField } from './variables.ts';

/** Keys that mean the same for the service that is rolled and for accessories. */
export const commonFields = (context: ComposeContext) => ({
  environment: variablesField('variables', context.variables).prefault({}),
  command: commandField.optional(),
  entrypoint: commandField.optional(),
  working_dir: workingDirField.optional(),
  user: userField.optional(),
  read_only: truth().prefault(false),
  init: truth()
    .refine(
      (init) => init,
      must('true: Siskin runs every container with an init, so that the app hears SIGTERM'),
    )
    .optional(),
  volumes: volumesField(context).prefault([]),
  tmpfs: tmpfsField.prefault([]),
  networks: networksField(context).prefault([]),
  ulimits: ulimitsField.prefault({}),
  logging: loggingField,
  restart: restartField,
  healthcheck: healthcheckField.optional(),
  stop_grace_period: quantity(duration).prefault('10s'),
  labels: labelsField.prefault({}),
  expose: exposeField.prefault([]),
  profiles: z.array(z.string()).optional(),
  // other services are not Siskin's, and accessories are brought up together: their order is neither's
  depends_on: z.unknown().optional(),
});

const common = (context: ComposeContext) => z.object(commonFields(context));

export type CommonKeys = z.output<ReturnType<typeof common>>;
