/** What the fake knows of one repository. */
export interface FakeRepository {
  /** `acme/shop` */
  name: string;
  private: boolean;
  /** Origin of clone addresses, e.g. `https://127.0.0.1:4430`. */
  origin: string;
  hooks: FakeHook[];
  deployments: FakeDeployment[];
  commitStatuses: FakeCommitStatus[];
  /** Every commit that GitHub has; null for any. */
  commits: Set<string> | null;
}

export interface FakeHook {
  id: number;
  active: boolean;
  events: string[];
  config: { url: string; content_type: string; insecure_ssl: string; secret?: string };
  createdAt: string;
  deliveries: FakeDelivery[];
}

export interface FakeDelivery {
  /** Larger than what a JavaScript number can tell, as GitHub's may become. */
  id: bigint;
  guid: string;
  deliveredAt: string;
  redelivery: boolean;
  /** Seconds. */
  duration: number;
  status: string;
  statusCode: number;
  event: string;
  request: { headers: Record<string, string>; payload: string };
  response: { headers: Record<string, string>; payload: string };
}

export interface FakeDeployment {
  id: number;
  sha: string;
  ref: string;
  task: string;
  payload: unknown;
  environment: string;
  description: string | null;
  production: boolean;
  transient: boolean;
  createdAt: string;
  statuses: FakeDeploymentStatus[];
}

export interface FakeDeploymentStatus {
  id: number;
  state: string;
  description: string;
  environment: string;
  environmentUrl: string;
  logUrl: string;
  createdAt: string;
}

export interface FakeCommitStatus {
  id: number;
  sha: string;
  state: string;
  context: string;
  description: string | null;
  targetUrl: string | null;
  createdAt: string;
}

/** GitHub's permissions, by the names of its header x-accepted-github-permissions. */
export type Permission = 'repository_hooks' | 'deployments' | 'statuses' | 'metadata' | 'contents';

export interface FakeToken {
  permissions: Permission[];
  revoked: boolean;
  /** Epoch ms. */
  expiresAt: number | null;
}

export interface FakeApp {
  id: number;
  /** PEM. */
  publicKey: string;
  /** Installation id by repository. */
  installations: Map<string, number>;
  permissions: Permission[];
  /** How long its tokens are good, in ms. */
  tokenLifeMs: number;
}

/** An answer; `body` undefined for none. */
export interface FakeAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export const notFound: FakeAnswer = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
};

/** 422 as GitHub words it. */
export const invalid = (resource: string, field: string, message: string): FakeAnswer => ({
  status: 422,
  body: {
    message: 'Validation Failed',
    errors: [{ resource, code: 'custom', field, message }],
    documentation_url: 'https://docs.github.com/rest',
    status: '422',
  },
});
