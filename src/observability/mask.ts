/** Shorter values are left: to replace those would garble everything. */
export const shortestMasked = 4;

/**
 * Makes a function that replaces the given secrets by `***`, also as they stand in JSON, URLs, hexadecimal and base64,
 * there with whatever stands before and after them; of a value of several lines, each line by itself.
 */
export function mask(values: Iterable<string>): (text: string) => string {
  const forms = [...values].filter((value) => value.length >= shortestMasked).flatMap(writtenForms);
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

/** A mask that learns while it is used: secrets change while Siskin runs, and what was one stays masked. */
export class LiveMask {
  readonly #known = new Set<string>();
  #masked = mask([]);

  constructor(values: Iterable<string> = []) {
    this.learn(values);
  }

  learn(values: Iterable<string>): void {
    const before = this.#known.size;
    for (const value of values) this.#known.add(value);
    if (this.#known.size !== before) this.#masked = mask(this.#known);
  }

  /** The text without any secret that was learned. */
  readonly text = (text: string): string => this.#masked(text);

  /** JSON of one line without any secret in its texts and numbers; still JSON, whatever the secret is. */
  readonly json = (line: string): string => {
    if (this.#known.size === 0) return line;
    const masked: unknown = JSON.parse(line, (_key, value: unknown) => this.#plain(value));
    return `${JSON.stringify(masked)}${line.endsWith('\n') ? '\n' : ''}`;
  };

  #plain(value: unknown): unknown {
    if (typeof value === 'string') return this.#masked(value);
    if (typeof value !== 'number') return value;
    return this.#masked(String(value)) === String(value) ? value : '***';
  }
}

/** Lines of a value of several lines are what a log shows of it, one by one. */
const shortestLine = 8;

function writtenForms(value: string): string[] {
  const lines = value
    .split(/\r?\n/)
    .filter((line, _, all) => all.length > 1 && line.trim().length >= shortestLine);
  return [value, ...lines.map((line) => line.trim())].flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    Buffer.from(text).toString('hex'),
    ...base64Forms(text),
  ]);
}

/** In base64 the same bytes look different by where they begin; what they share with their neighbours is left off. */
const base64Forms = (text: string): string[] =>
  [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString('base64');
    const partial = (before + Buffer.byteLength(text)) % 3 === 0 ? 0 : 1;
    const whole = encoded.replace(/=+$/, '');
    const inner = whole.slice(Math.ceil((before * 8) / 6), whole.length - partial);
    // the end with its padding first, so that none of it is left standing
    const forms = before === 0 ? [encoded, inner] : [inner];
    return forms
      .filter((form) => form.length >= shortestMasked + 2)
      .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
  });
