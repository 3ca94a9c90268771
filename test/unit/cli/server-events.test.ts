import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from '../../../src/cli/client/server-events.ts';

async function read(chunks: Uint8Array[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  async function* stream() {
    yield* chunks;
  }
  for await (const event of readEvents(stream())) events.push(event);
  return events;
}

describe('server-sent events', () => {
  const text =
    ': hello\n\nid: 1\nevent: log\ndata: first\ndata: second\n\ndata:{"a":"ü"}\r\n\r\nid\ndata: x\n\ndata: cut off';
  const expected = [
    { id: '1', event: 'log', data: 'first\nsecond' },
    { id: '1', event: 'message', data: '{"a":"ü"}' },
    { id: '', event: 'message', data: 'x' },
  ];

  it('are read as the standard says', async () => {
    expect(await read([Buffer.from(text)])).toEqual(expected);
  });

  it('are the same however the bytes are cut', async () => {
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 }), async (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        expect(await read(chunks)).toEqual(expected);
      }),
    );
  });

  it('are refused when one line never ends', async () => {
    await expect(read([Buffer.alloc(1024 * 1024 + 1, 'x')])).rejects.toThrow('1 MiB');
  });
});
