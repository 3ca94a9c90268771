import * as z from 'zod';
import { checkedText, must, nameText } from '../fields.ts';

/** `accessories` of an app. */
export const accessoriesField = z
  .array(nameText(), must('a list of Compose services'))
  .max(20, must('a list of at most 20 services'))
  .superRefine((names, ctx) => {
    for (const [index, name] of names.entries())
      if (names.indexOf(name) !== index)
        ctx.addIssue({ code: 'custom', path: [index], message: `${name} stands in this list already` });
  })
  .optional()
  .describe('Compose services (databases, caches) that are brought up once and never recreated.');

const patternExpected = 'a path of the repository such as web/** or !web/docs/**';

const pattern = checkedText(patternExpected, (written) => {
  const path = written.replace(/^!/, '');
  const fits = path !== '' && written.length <= 200 && !/[\p{Cc}\\]/u.test(written);
  if (!fits || path.startsWith('/') || path.split('/').some((part) => part === '..' || part === '.'))
    return `must be ${patternExpected}, relative to its root, without . and .. and backslashes`;
  return undefined;
});

/** `paths` of an app. */
export const pathsField = z
  .array(pattern, must('a list of paths'))
  .min(1, must('a list of at least one path; without paths every push is deployed'))
  .max(50, must('a list of at most 50 paths'))
  .refine((patterns) => patterns.length === 0 || patterns.some((one) => !one.startsWith('!')), {
    error: 'leaves nothing to deploy for: name at least one path without ! before it',
  })
  .optional()
  .describe('A push is deployed only when one of these changed; the last that fits decides, ! leaves out.');
