import type { BuildTrace, Vertex } from './build-trace.ts';

const stepLine = /^Step (\d+\/\d+) : (.*)$/s;
const cachedLine = / ---> Using cache\n?$/;
/** What the builder says of its own doings; a step that prints the like is not told, which is all it can gain. */
const noise =
  /^( ---> (Running in )?[0-9a-f]{12}|Removing intermediate container [0-9a-f]{12}|Successfully (built|tagged) \S+)\n?$/;

/** Turns what the builder before BuildKit says into BuildKit's traces: steps with their times and what they print. */
export class ClassicTrace {
  readonly #seconds: () => number;
  #current: Vertex | undefined;

  /** @param seconds a clock that never goes back */
  constructor(seconds: () => number = () => performance.now() / 1_000) {
    this.#seconds = seconds;
  }

  /** @param text one `stream` of the answer */
  add(text: string): BuildTrace {
    const step = stepLine.exec(text);
    if (step) {
      const ended = this.end('');
      const [, number = '', command = ''] = step;
      const name = `[${number}] ${command.trim()}`;
      this.#current = {
        digest: number,
        name,
        cached: false,
        started: this.#seconds(),
        completed: undefined,
        error: '',
      };
      return { ...ended, vertexes: [...ended.vertexes, this.#current] };
    }
    if (this.#current && cachedLine.test(text)) this.#current = { ...this.#current, cached: true };
    else if (this.#current && !noise.test(text) && text !== '\n')
      return { ...empty, logs: [{ vertex: this.#current.digest, text: Buffer.from(text) }] };
    return empty;
  }

  /** The step that runs has ended. @param error why it failed; empty when it did not */
  end(error: string): BuildTrace {
    if (!this.#current) return empty;
    const vertex = { ...this.#current, completed: this.#seconds(), error };
    this.#current = undefined;
    return { ...empty, vertexes: [vertex] };
  }
}

const empty: BuildTrace = { vertexes: [], logs: [], warnings: [] };
