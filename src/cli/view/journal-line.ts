import { isDeploymentState } from '../../domain/deployment.ts';
import type { DeploymentEvent } from '../client/deployment-events.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, paint, stateColor } from '../terminal/output.ts';

type JournalFields = Record<string, unknown>;

/** What each kind of journal entry says to people; null: nothing worth a line. Kinds of a newer server are shown by name. */
const sentences: Record<string, (fields: JournalFields) => string | null> = {
  state: (fields) => `${text(fields.state)}${suffix(fields.reason ?? holdCauses[String(fields.cause)])}`,
  'service-state': (fields) =>
    `${text(fields.state)}${suffix(fields.reason ?? holdCauses[String(fields.cause)])}`,
  'observation-began': () => 'counting begins anew: what was counted before does not count',
  'run-began': () => null,
  'step-began': () => null,
  'step-ended': (fields) =>
    fields.outcome === 'failed' ? `${text(fields.step)} failed${suffix(fields.detail)}` : null,
  'rollout-began': (fields) => (fields.baseline === null ? 'first release: no baseline' : null),
  'replica-started': (fields) => `${text(fields.replica)} started`,
  'replica-healthy': (fields) => `${text(fields.replica)} is healthy`,
  'replica-unhealthy': (fields) => `${text(fields.replica)} is not healthy${suffix(fields.detail)}`,
  'replica-smoked': (fields) => `${text(fields.replica)} passed its smoke requests`,
  'replica-attached': (fields) => `${text(fields.replica)} takes requests`,
  'drain-began': (fields) => `${text(fields.replica)} drains`,
  'stop-began': (fields) => `${text(fields.replica)} stops`,
  'replica-failed': (fields) => `${text(fields.replica)} failed${suffix(fields.detail)}`,
  tick: (fields) =>
    fields.nb === 0
      ? `${text(fields.nc)} requests, ${text(fields.ec)} failed`
      : `canary ${text(fields.nc)} requests, ${text(fields.ec)} failed; baseline ${text(fields.nb)}, ${text(fields.eb)} failed`,
  'no-metrics': (fields) => `no metrics${suffix(fields.detail)}`,
  condition: (fields) =>
    `${text(fields.name)}: ${text(fields.outcome).replace('-', ' ')}${suffix(fields.detail)}`,
  promoted: (fields) => text(fields.reason),
  'rollback-began': (fields) => `going back${suffix(fields.reason)}`,
  finished: () => null,
};

const holdCauses: Record<string, string> = {
  baseline: 'the old release fails too',
  'no-metrics': 'there are no metrics',
};

/** Writes one event of a deployment: journal entries with their second, log lines indented under them. */
export function writeEvent(io: Io, event: DeploymentEvent): void {
  const margin = ' '.repeat(10);
  switch (event.kind) {
    case 'log':
      for (const line of linesOf(event.line)) io.write(`${margin}${paint(io, 'dim', '│')} ${line}\n`);
      return;
    case 'end':
      // The other lines of a reason, such as the end of a build's output, stand in the log above it.
      io.write(`${margin}${paintState(io, event.state)}${suffix(event.reason?.split('\n')[0])}\n`);
      return;
    case 'journal': {
      const sentence = journalSentence(event.event);
      if (sentence === null) return;
      const shown = colored(io, event.event, sentence);
      io.write(`${(event.t / 1000).toFixed(1).padStart(7)} s ${shown}\n`);
    }
  }
}

/** A log entry may hold several lines. */
const linesOf = (text: string): string[] => text.replace(/\n$/, '').split(/\r?\n/).map(neutral);

function colored(io: Io, { type, ...fields }: { type: string } & JournalFields, sentence: string): string {
  if (type === 'state') return paintState(io, text(fields.state)) + sentence.slice(text(fields.state).length);
  const bad =
    type === 'rollback-began' || type === 'replica-failed' || (type === 'tick' && Number(fields.ec) > 0);
  return bad ? paint(io, 'red', sentence) : sentence;
}

const paintState = (io: Io, state: string): string =>
  paint(io, 'bold', isDeploymentState(state) ? paint(io, stateColor(state), state) : state);

/** @returns one neutral line, or null */
export function journalSentence({ type, ...fields }: { type: string } & JournalFields): string | null {
  const sentence = Object.hasOwn(sentences, type) ? sentences[type] : undefined;
  const said = sentence === undefined ? neutral(type) : sentence(fields);
  return said === null || namesItself.has(type) || typeof fields.service !== 'string'
    ? said
    : `${neutral(fields.service)}: ${said}`;
}

/** The reasons of decisions begin with the service that they are about. */
const namesItself = new Set(['promoted', 'rollback-began']);

const text = (value: unknown): string =>
  neutral(typeof value === 'string' || typeof value === 'number' ? String(value) : '?');

const suffix = (value: unknown): string =>
  typeof value === 'string' && value !== '' ? `: ${neutral(value)}` : '';
