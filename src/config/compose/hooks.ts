import type { HooksSpec } from '../../domain/hooks.ts';
import { mapping, quantity } from '../fields.ts';
import { duration } from '../units.ts';
import { commandField } from './command.ts';
import { orIssue, type Wrong } from './context.ts';

const longestMs = 24 * 3_600_000;

/** `x-siskin.hooks`: commands that run once per deployment in a container of the new image. */
export const hooksField = mapping({
  preDeploy: commandField.optional(),
  postDeploy: commandField.optional(),
  timeout: quantity(duration, 'more than 0, at most 24h', (ms) => ms > 0 && ms <= longestMs).prefault('10m'),
}).transform(
  orIssue(({ preDeploy, postDeploy, timeout }): HooksSpec | Wrong => {
    if (!preDeploy && !postDeploy)
      return { wrong: 'needs preDeploy or postDeploy, for example preDeploy: ["node", "migrate.js"]' };
    return {
      ...(preDeploy && { preDeploy }),
      ...(postDeploy && { postDeploy }),
      timeoutMs: timeout,
    };
  }),
);
