import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { z } from 'zod';
import { userShape } from './shapes.ts';
import { type FakeAnswer, type FakeApp, type FakeToken, notFound } from './state.ts';

const claims = z.object({ iat: z.number(), exp: z.number(), iss: z.union([z.string(), z.number()]) });

/** Whether a JSON Web Token is signed by the App's key and says what GitHub wants: at most ten minutes, iss the App. */
export function isAppToken(token: string, app: FakeApp): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  if (!part(header, z.object({ alg: z.literal('RS256') }))) return false;
  const said = part(payload, claims);
  if (!said) return false;
  const now = Date.now() / 1000;
  const inTime = said.iat <= now && said.exp > now && said.exp - now <= 600;
  const signed = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    createPublicKey(app.publicKey),
    Buffer.from(signature, 'base64url'),
  );
  return inTime && signed && String(said.iss) === String(app.id);
}

function part<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> | undefined {
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    return undefined;
  }
}

export function getInstallation(app: FakeApp, repository: string, api: string): FakeAnswer {
  const id = app.installations.get(repository);
  if (id === undefined) return notFound;
  const body = {
    id,
    account: userShape(api),
    repository_selection: 'selected',
    access_tokens_url: `${api}/app/installations/${id}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `${api}/settings/installations/${id}`,
    app_id: app.id,
    target_id: 7,
    target_type: 'Organization',
    permissions: permissionsOf(app),
    events: [],
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
    single_file_name: null,
    app_slug: 'siskin',
    suspended_by: null,
    suspended_at: null,
  };
  return { status: 200, body };
}

export function createInstallationToken(
  app: FakeApp,
  installation: string | undefined,
  tokens: Map<string, FakeToken>,
): FakeAnswer {
  if (![...app.installations.values()].some((id) => String(id) === installation)) return notFound;
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const expiresAt = Date.now() + app.tokenLifeMs;
  tokens.set(token, { permissions: app.permissions, revoked: false, expiresAt });
  const body = { token, expires_at: new Date(expiresAt).toISOString(), permissions: permissionsOf(app) };
  return { status: 201, body: { ...body, repository_selection: 'selected' } };
}

const permissionsOf = ({ permissions }: FakeApp) =>
  Object.fromEntries(
    permissions.map((name) => [name, name === 'metadata' || name === 'contents' ? 'read' : 'write']),
  );
