import * as z from 'zod';
import { must, quantity, truth } from '../fields.ts';
import { duration } from '../units.ts';
import { buildField } from './build.ts';
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
import { type ComposeContext, composeMapping } from './context.ts';
import { deployField } from './deploy.ts';
import { volumesField } from './mounts.ts';
import { networksField } from './networks.ts';
import { serviceRefusals } from './refusals.ts';
import { labelsField, variablesField } from './variables.ts';
import { siskinField } from './x-siskin.ts';

/** The one service that is rolled: the keys of the Compose Specification that work here. */
export const serviceSchema = (context: ComposeContext) =>
  composeMapping(
    {
      build: buildField(context).optional(),
      image: z.string().optional(),
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
      // other services are not Siskin's: their order is not either
      depends_on: z.unknown().optional(),
      deploy: deployField,
      'x-siskin': siskinField(context),
    },
    serviceRefusals,
  );

export type CheckedService = z.output<ReturnType<typeof serviceSchema>>;
