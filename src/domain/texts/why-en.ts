import type { Notice } from '../notice/notice.ts';
import type { Why } from './texts.ts';

/** The core speaks English: its own sentence, but for a freeze of the environment, of which the deployment says nothing. */
export function whyEn({ state, reason, frozen, decision }: Notice): Why | null {
  if (frozen !== null && (state !== 'frozen' || reason === null)) {
    return {
      sentence: `${state === 'frozen' ? 'Frozen' : 'The environment is frozen'} by ${frozen.by}: ${frozen.reason}`,
      original: null,
    };
  }
  // That it serves is plain; what the promotion rests on is not.
  const sentence =
    state === 'succeeded' ? (decision?.reason ?? reason) : (reason ?? decision?.reason ?? null);
  return sentence === null ? null : { sentence, original: null };
}
