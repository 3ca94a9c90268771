import { anySignal } from '../../pipeline/any-signal.ts';

const maxBytes = 64 * 1024 * 1024;

/**
 * fetch with a limit for the whole request, headers and body, in time and size. It stands below everything, so that the
 * requests which @octokit/auth-app makes by itself have the limit too. The body is read here: Octokit takes one that ends
 * early for an empty one.
 */
export function boundedFetch(timeoutMs: number): typeof fetch {
  return async (input, init) => {
    const outer = init?.signal ? [init.signal] : [];
    const { signal, unlink } = anySignal([...outer, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await fetch(input, { ...init, signal });
      const { status, statusText, headers } = response;
      const body = await readBody(response);
      return new Response(body.length === 0 ? null : body, { status, statusText, headers });
    } finally {
      unlink();
    }
  };
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes / 1024 / 1024} MB`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
