import { createHmac, randomUUID } from 'node:crypto';

/** What GitHub would send. */
export interface SignedRequest {
  method: 'POST';
  headers: Record<string, string>;
  body: string;
}

export interface PushFields {
  ref: string;
  before: string;
  after: string;
  created: boolean;
  deleted: boolean;
  forced: boolean;
  message: string;
  author: string;
  repository: string;
  host: string;
}

/** A push event's payload with GitHub's field names; only what is told differs from a plain push to `release`. */
export function pushPayload(fields: Partial<PushFields> = {}): Record<string, unknown> {
  const { repository = 'acme/shop', host = 'github.com', author = 'ana' } = fields;
  const { message = 'A change', after = 'b'.repeat(40), deleted = false } = fields;
  return {
    ref: fields.ref ?? 'refs/heads/release',
    before: fields.before ?? 'a'.repeat(40),
    after,
    created: fields.created ?? false,
    deleted,
    forced: fields.forced ?? false,
    head_commit: deleted ? null : { id: after, message, author: { name: author, username: author } },
    commits: [],
    repository: {
      id: 1,
      full_name: repository,
      clone_url: `https://${host}/${repository}.git`,
      ssh_url: `git@${host}:${repository}.git`,
      html_url: `https://${host}/${repository}`,
    },
    pusher: { name: author, email: `${author}@example.com` },
    sender: { login: author, id: 1 },
  };
}

export const signatureOf = (secret: string, body: string | Buffer): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Signs a payload as GitHub does. @param options event `push` and a fresh delivery GUID unless told; `form` for the other content type */
export function signedWebhook(
  secret: string,
  payload: unknown,
  options: { event?: string; delivery?: string; form?: boolean; headers?: Record<string, string> } = {},
): SignedRequest {
  const json = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const body = options.form ? new URLSearchParams({ payload: json }).toString() : json;
  return {
    method: 'POST',
    body,
    headers: {
      'Content-Type': options.form ? 'application/x-www-form-urlencoded' : 'application/json',
      'User-Agent': 'GitHub-Hookshot/test',
      'X-GitHub-Event': options.event ?? 'push',
      'X-GitHub-Delivery': options.delivery ?? randomUUID(),
      'X-Hub-Signature-256': signatureOf(secret, body),
      ...options.headers,
    },
  };
}
