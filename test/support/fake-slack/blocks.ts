import { z } from 'zod';

/** Slack's Block Kit reference: the elements that Siskin uses, with their limits in characters. */
const plainText = (longest: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(longest),
    emoji: z.boolean().optional(),
  });
const mrkdwn = (longest: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(longest),
    verbatim: z.boolean().optional(),
  });
const anyText = (longest: number) => z.union([plainText(longest), mrkdwn(longest)]);

const style = z
  .strictObject({ bold: z.boolean(), italic: z.boolean(), strike: z.boolean(), code: z.boolean() })
  .partial()
  .optional();
const richElement = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style }),
  z.strictObject({
    type: z.literal('link'),
    url: z
      .string()
      .regex(/^https?:\/\/[^\s<>|]+$/)
      .max(3_000),
    text: z.string().optional(),
    style,
  }),
]);
const richBlock = z.strictObject({
  type: z.enum(['rich_text_section', 'rich_text_quote', 'rich_text_preformatted']),
  elements: z.array(richElement),
});

const button = z.strictObject({
  type: z.literal('button'),
  action_id: z.string().min(1).max(255),
  text: plainText(75),
  value: z.string().max(2_000),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: z
    .strictObject({
      title: plainText(100),
      text: anyText(300),
      confirm: plainText(30),
      deny: plainText(30),
      style: z.enum(['primary', 'danger']).optional(),
    })
    .optional(),
});

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plainText(150) }),
  z.strictObject({ type: z.literal('section'), text: anyText(3_000) }),
  z.strictObject({ type: z.literal('context'), elements: z.array(anyText(3_000)).min(1).max(10) }),
  z.strictObject({ type: z.literal('rich_text'), elements: z.array(richBlock).min(1) }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(button).min(1).max(25) }),
]);

const blocks = z.array(block).max(50);

/** @returns what Slack would refuse as `invalid_blocks`; nothing when it takes them */
export function checkBlocks(given: unknown): string[] {
  const result = blocks.safeParse(given);
  if (!result.success) return result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return result.data.flatMap((one) =>
    one.type === 'actions' &&
    new Set(one.elements.map(({ action_id }) => action_id)).size !== one.elements.length
      ? ['actions: an action_id stands there twice']
      : [],
  );
}
