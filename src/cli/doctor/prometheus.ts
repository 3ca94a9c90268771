import { messageOf } from '../../domain/errors/siskin-error.ts';
import { type Finding, ok, type Subject, warn } from './finding.ts';

/** The operator's Prometheus answers; without it the gate reads the router's counters itself. */
export async function checkPrometheus(subject: Subject): Promise<Finding[]> {
  if (subject.prometheusUrl === null) return [ok('prometheus', 'Siskin starts its own')];
  try {
    const url = new URL('-/ready', `${subject.prometheusUrl.replace(/\/$/, '')}/`);
    const answer = await fetch(url, { signal: AbortSignal.timeout(4_000), redirect: 'error' });
    await answer.body?.cancel();
    if (answer.ok) return [ok('prometheus', `${subject.prometheusUrl} is ready`)];
    return [warn('prometheus', `${subject.prometheusUrl} answered ${answer.status}`, advice)];
  } catch (error) {
    return [warn('prometheus', `${subject.prometheusUrl}: ${messageOf(error)}`, advice)];
  }
}

const advice = 'Mend prometheus.url in siskin.yaml; until then verdicts rest on the router’s own counters.';
