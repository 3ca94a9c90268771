import { z } from 'zod';

/** What became of a delivery, by what its receiver answered. */
export interface DeliveryOutcome {
  outcome: 'accepted' | 'ignored' | 'pong' | 'refused' | 'unreached' | 'strange';
  /** One line. */
  text: string;
}

const place = z.object({ app: z.string(), environment: z.string(), deployment: z.string() });
const ignored = z.object({
  app: z.string().nullable(),
  environment: z.string().nullable(),
  reason: z.string(),
  detail: z.string(),
});

/** The receiver's own answers (docs/reference/http-api.md), as GitHub kept them. */
const accepted = z.object({ deliveries: z.array(place), ignored: z.array(ignored) });
const refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const done = z.union([
  z.object({ pong: z.literal(true) }),
  z.object({ ignored: z.literal('event'), event: z.string() }),
  z.object({ ignored: z.literal('duplicate'), deliveries: z.array(place) }),
  z.object({ ignored: z.array(ignored) }),
]);

/** @param answered the body, as text @param status GitHub's words for a delivery that did not arrive */
export function outcomeOf(statusCode: number, status: string, answered: string): DeliveryOutcome {
  if (statusCode === 0) return { outcome: 'unreached', text: `not reached: ${status}` };
  const body = parsed(answered);
  const push = accepted.safeParse(body);
  if (statusCode === 202 && push.success)
    return { outcome: 'accepted', text: placesOf(push.data.deliveries) };
  const error = refused.safeParse(body);
  if (error.success) {
    const { code, message } = error.data.error;
    return { outcome: 'refused', text: `${code}: ${message}` };
  }
  const other = done.safeParse(body);
  if (statusCode === 200 && other.success) return quietOutcome(other.data);
  return {
    outcome: 'strange',
    text: `answered ${statusCode}, but not by Siskin: what stands at that address?`,
  };
}

function quietOutcome(body: z.infer<typeof done>): DeliveryOutcome {
  if ('pong' in body) return { outcome: 'pong', text: 'pong' };
  if ('event' in body) return { outcome: 'ignored', text: `event ${body.event} is none that Siskin follows` };
  if ('deliveries' in body)
    return { outcome: 'ignored', text: `came before: ${placesOf(body.deliveries) || 'ignored then too'}` };
  return { outcome: 'ignored', text: body.ignored.map(reasonOf).join('; ') };
}

const placesOf = (places: z.infer<typeof place>[]): string =>
  places.map(({ app, environment, deployment }) => `${deployment} ${app}/${environment}`).join(', ');

const reasonOf = ({ app, environment, reason, detail }: z.infer<typeof ignored>): string =>
  `${app === null ? '' : `${app}/${environment ?? '*'} `}${reason}: ${detail}`;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
