/** One server-sent event (WHATWG HTML, "Server-sent events"). */
export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

const longestEvent = 1024 * 1024;

/**
 * Reads events out of a stream of bytes. A comment (the server's keep-alive) yields nothing.
 * @throws RangeError for an event of more than 1 MiB
 */
export async function* readEvents(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  let fields: { id: string | null; event: string; data: string[] } = { id: null, event: 'message', data: [] };
  for await (const line of lines(stream)) {
    if (line === '') {
      if (fields.data.length > 0) yield { ...fields, data: fields.data.join('\n') };
      fields = { id: fields.id, event: 'message', data: [] };
      continue;
    }
    const [name, value] = field(line);
    if (name === 'data') fields.data.push(value);
    else if (name === 'event') fields.event = value;
    else if (name === 'id') fields.id = value;
  }
}

function field(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value];
}

async function* lines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? '';
    if (rest.length > longestEvent) throw new RangeError('the server sent a line of more than 1 MiB');
    yield* parts;
  }
}
