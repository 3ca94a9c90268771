import * as z from 'zod';
import { buildField } from './build.ts';
import { commonFields } from './common-fields.ts';
import { type ComposeContext, composeMapping } from './context.ts';
import { deployField } from './deploy.ts';
import { serviceRefusals } from './refusals.ts';
import { siskinField } from './x-siskin.ts';

/** The one service that is rolled: the keys of the Compose Specification that work here. */
export const serviceSchema = (context: ComposeContext) =>
  composeMapping(
    {
      build: buildField(context).optional(),
      image: z.string().optional(),
      ...commonFields(context),
      deploy: deployField,
      'x-siskin': siskinField(context),
    },
    serviceRefusals,
  );

export type CheckedService = z.output<ReturnType<typeof serviceSchema>>;
