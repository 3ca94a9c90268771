import * as z from 'zod';
import { must, quantity, wholeNumber } from '../fields.ts';
import { cpus, duration, share, size } from '../units.ts';
import { composeMapping } from './context.ts';
import { deployRefusals, resourceRefusals, updateConfigRefusals } from './refusals.ts';

const memory = quantity(size, 'at least 6m', (bytes) => bytes >= 6 * 2 ** 20);

export const resourcesField = composeMapping({
  limits: composeMapping(
    { memory: memory.optional(), cpus: quantity(cpus).optional() },
    resourceRefusals,
  ).prefault({}),
  reservations: composeMapping(
    { memory: memory.optional(), cpus: quantity(cpus).optional() },
    resourceRefusals,
  ).prefault({}),
}).refine(
  ({ limits, reservations }) => (reservations.memory ?? 0) <= (limits.memory ?? Number.POSITIVE_INFINITY),
  { ...must('a reservation of memory that is not above its limit'), path: ['reservations', 'memory'] },
);

/** `deploy`: what Swarm and Compose know of it, as far as it means something on one host with a router. */
export const deployField = composeMapping(
  {
    mode: z.literal('replicated', must('replicated, for one host has no global services')).optional(),
    replicas: wholeNumber(1, 100).prefault(1),
    resources: resourcesField.prefault({}),
    update_config: composeMapping(
      {
        order: z.enum(['start-first', 'stop-first']).prefault('start-first'),
        parallelism: wholeNumber(0, 100).prefault(1),
        monitor: quantity(duration, 'more than 0', (ms) => ms > 0).optional(),
        max_failure_ratio: quantity(share).optional(),
        failure_action: z
          .enum(
            ['rollback', 'pause'],
            must('rollback or pause, for a release that was found to be bad is never rolled on'),
          )
          .optional(),
      },
      updateConfigRefusals,
    ).prefault({}),
  },
  deployRefusals,
).prefault({});
