import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { followBuild } from '../../../src/adapters/docker/build-events.ts';
import { BuildProgress, cleanLine } from '../../../src/adapters/docker/build-progress.ts';
import { decodeTrace, type Vertex } from '../../../src/adapters/docker/build-trace.ts';

const vertex = (change: Partial<Vertex>): Vertex => ({
  digest: 'd1',
  name: '[2/2] RUN npm ci',
  cached: false,
  started: undefined,
  completed: undefined,
  error: '',
  ...change,
});
const trace = (vertexes: Vertex[], ...texts: string[]) => ({
  vertexes,
  logs: texts.map((text) => ({ vertex: 'd1', text: Buffer.from(text) })),
  warnings: [],
});

function collect(maxOutputLines = 1000) {
  const lines: string[] = [];
  return { lines, progress: new BuildProgress((line) => lines.push(line), maxOutputLines) };
}

describe('BuildProgress', () => {
  it('tells each step once, what it prints, and how long it took', () => {
    const { lines, progress } = collect();
    progress.add(trace([vertex({ started: 10 })]));
    progress.add(trace([vertex({ started: 10 })], 'added ', '61 packages\nrest'));
    progress.add(trace([vertex({ started: 10, completed: 11.24 })]));
    progress.add(trace([vertex({ digest: 'd2', name: 'COPY', started: 10, completed: 10, cached: true })]));
    expect(lines).toEqual([
      '#1 [2/2] RUN npm ci',
      '#1 added 61 packages',
      '#1 rest',
      '#1 done in 1.2 s',
      '#2 COPY',
      '#2 CACHED',
    ]);
  });

  it('keeps the failed step and the last ten lines that it printed', () => {
    const { progress } = collect();
    const output = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
    progress.add(trace([vertex({ started: 1 })], ...output));
    progress.add(trace([vertex({ started: 1, completed: 2, error: 'exit code: 1' })]));
    expect(progress.failure().step).toBe('[2/2] RUN npm ci');
    expect(progress.failure().tail).toEqual(output.slice(-10).map((line) => line.trim()));
  });

  it('threat 14: endless output is not passed on for ever, with or without newlines', () => {
    const { lines, progress } = collect(50);
    progress.add(trace([vertex({ started: 1 })]));
    for (let index = 0; index < 5_000; index++)
      progress.add(trace([], `${'x'.repeat(900)}${index % 2 ? '\n' : ''}`));
    expect(lines.length).toBe(52);
    expect(lines.at(-1)).toContain('more than is kept');
    expect(progress.failure().tail.length).toBe(10);
  });

  it('threat 23: no control character gets through, and no line over 2,000 characters', () => {
    expect(cleanLine('\x1b[31mred\x1b[0m \x1b]0;title\x07ok\x00\u202e')).toBe('red ok');
    expect(cleanLine('10%\r50%\r100%\r')).toBe('100%');
    expect(cleanLine('x'.repeat(5000)).length).toBe(2000);
  });
});

describe('followBuild', () => {
  const event = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`);

  it('finds the error in a stream that ended well, however the chunks are cut', async () => {
    const { lines, progress } = collect();
    const bytes = Buffer.concat([
      event({ stream: 'hello\n' }),
      event({ errorDetail: { message: 'x' }, error: 'x' }),
    ]);
    const outcome = await followBuild(Readable.from(Array.from(bytes, (byte) => Buffer.of(byte))), progress);
    expect(outcome).toEqual({ error: 'x', imageId: undefined });
    expect(lines).toEqual(['hello']);
  });

  it('reads the id of the image and leaves what it does not know', async () => {
    const { progress } = collect();
    const events = [
      event({ id: 'moby.image.id', aux: { ID: 'sha256:1' } }),
      event({ id: 'other', aux: { x: 1 } }),
    ];
    expect(await followBuild(Readable.from(events), progress)).toEqual({
      error: undefined,
      imageId: 'sha256:1',
    });
  });

  it('throws on an answer that no engine writes', async () => {
    await expect(followBuild(Readable.from([Buffer.from('<html>\n')]), collect().progress)).rejects.toThrow();
  });
});

describe('decodeTrace', () => {
  it('decodes what an engine sent', () => {
    // StatusResponse{ vertexes: [{ digest: "d", name: "n", cached: true, started: { seconds: 5, nanos: 5e8 } }], logs: [{ vertex: "d", msg: "hi" }] }
    const message = Buffer.from('0a120a01641a016e20012a0808051080cab5ee01', 'hex');
    const log = Buffer.from('1a070a016422026869', 'hex');
    const decoded = decodeTrace(Buffer.concat([message, log]).toString('base64'));
    expect(decoded.vertexes).toEqual([
      { digest: 'd', name: 'n', cached: true, started: 5.5, completed: undefined, error: '' },
    ]);
    expect(decoded.logs.map(({ vertex: of, text }) => [of, text.toString()])).toEqual([['d', 'hi']]);
  });

  it.each(['0aff', 'ff'.repeat(12), '0f'])('refuses broken bytes %s', (hex) => {
    expect(() => decodeTrace(Buffer.from(hex, 'hex').toString('base64'))).toThrow(RangeError);
  });
});
