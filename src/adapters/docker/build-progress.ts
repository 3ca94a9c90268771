import type { BuildTrace, Vertex } from './build-trace.ts';

const maxLineLength = 2_000;
const maxPartialLength = 256 * 1024;
const tailLines = 10;

interface Step {
  number: number;
  name: string;
  started: boolean;
  finished: boolean;
  /** Output after the last newline. */
  partial: string;
  /** In a line so long that its rest is left out. */
  overlong: boolean;
  tail: string[];
}

/**
 * Turns BuildKit's traces into lines for people: `#5 [2/3] RUN npm ci`, `#5 added 61 packages`, `#5 done in 1.2 s`.
 * Holds no more than the last lines of each step, however much a build prints.
 */
export class BuildProgress {
  readonly #onLine: (line: string) => void;
  readonly #mask: (text: string) => string;
  readonly #steps = new Map<string, Step>();
  #outputLinesLeft: number;
  #failed: Step | undefined;
  #lastOutput: Step | undefined;

  /**
   * @param onLine gets each line, without control characters, at most 2,000 characters
   * @param maxOutputLines how many lines of what the steps print are passed on
   * @param mask takes secrets out of a line, before it is cut
   */
  constructor(
    onLine: (line: string) => void,
    maxOutputLines: number,
    mask: (text: string) => string = (text) => text,
  ) {
    this.#mask = mask;
    this.#onLine = onLine;
    this.#outputLinesLeft = maxOutputLines;
  }

  add(trace: BuildTrace): void {
    for (const vertex of trace.vertexes) this.#begin(vertex);
    for (const { vertex, text } of trace.logs) this.#print(this.#stepOf(vertex), text.toString('utf8'));
    for (const warning of trace.warnings) this.#onLine(this.#clean(`warning: ${warning}`));
    for (const vertex of trace.vertexes) this.#end(vertex);
  }

  /** What the engine says outside of a trace. */
  message(text: string): void {
    for (const line of text.split('\n')) if (line.trim() !== '') this.#onLine(this.#clean(line));
  }

  /** Where the build failed: the step's name, and the last ten lines that it printed. */
  failure(): { step: string | undefined; tail: string[] } {
    const step = this.#failed;
    return { step: step && this.#clean(step.name), tail: (step ?? this.#lastOutput)?.tail ?? [] };
  }

  #clean(line: string): string {
    return cleanLine(line, this.#mask);
  }

  #begin(vertex: Vertex): void {
    const step = this.#stepOf(vertex.digest);
    step.name = vertex.name || step.name;
    if (vertex.started === undefined || step.started) return;
    step.started = true;
    this.#onLine(this.#clean(`#${step.number} ${step.name}`));
  }

  #end(vertex: Vertex): void {
    const step = this.#stepOf(vertex.digest);
    if (vertex.error !== '') this.#failed = step;
    if (vertex.completed === undefined || step.finished) return;
    step.finished = true;
    if (step.partial !== '') this.#print(step, '\n');
    this.#onLine(this.#clean(`#${step.number} ${ending(vertex)}`));
  }

  #print(step: Step, text: string): void {
    const lines = (step.partial + text).split('\n');
    step.partial = lines.pop() ?? '';
    if (step.overlong && lines.length > 0) {
      lines.shift();
      step.overlong = false;
    }
    if (step.overlong) step.partial = '';
    // far more than is shown is waited for, and what comes after is left out: half a secret could not be masked
    if (step.partial.length > maxPartialLength) {
      lines.push(step.partial);
      step.partial = '';
      step.overlong = true;
    }
    for (const line of lines) this.#printLine(step, this.#clean(line));
  }

  #printLine(step: Step, line: string): void {
    if (line.trim() === '') return;
    this.#lastOutput = step;
    step.tail.push(line);
    if (step.tail.length > tailLines) step.tail.shift();
    this.#outputLinesLeft -= 1;
    if (this.#outputLinesLeft >= 0) this.#onLine(this.#clean(`#${step.number} ${line}`));
    if (this.#outputLinesLeft === -1)
      this.#onLine('(the build prints more than is kept; from here on only its steps are told)');
  }

  #stepOf(digest: string): Step {
    const known = this.#steps.get(digest);
    if (known) return known;
    const step = {
      number: this.#steps.size + 1,
      name: '',
      started: false,
      finished: false,
      partial: '',
      overlong: false,
      tail: [],
    };
    this.#steps.set(digest, step);
    return step;
  }
}

function ending(vertex: Vertex): string {
  if (vertex.error !== '') return `ERROR: ${vertex.error}`;
  if (vertex.cached) return 'CACHED';
  const seconds = (vertex.completed ?? 0) - (vertex.started ?? vertex.completed ?? 0);
  return `done in ${Math.max(0, seconds).toFixed(1)} s`;
}

/** What is left on a terminal of a line: after the last carriage return, without ANSI sequences and control characters; masked, then cut. */
export function cleanLine(line: string, mask: (text: string) => string = (text) => text): string {
  const shown = mask(line).replace(/\r+$/, '').split('\r').at(-1) ?? '';
  const plain = shown
    .replace(/\p{Cc}(?:\[[0-?]*[ -/]*[@-~]|\]\d+;[^\p{Cc}]*(?:\p{Cc}\\?)?)/gu, '')
    .replace(/\t/g, ' ')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '');
  return mask(plain).slice(0, maxLineLength);
}
