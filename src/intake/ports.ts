import type { Actor } from '../domain/deployment.ts';
import type { EnvironmentKey } from '../domain/names.ts';
import type { TrackedApp } from '../domain/push-policy.ts';
import type { IgnoredHead } from '../domain/reconcile/missed-head.ts';
import type { PushRecord } from '../pipeline/ports.ts';

/** Where pushes are recorded; RedisPushLedger is the real one. */
export interface PushLedger {
  /**
   * Records a delivery for all its environments, whole or not at all, and durably before it resolves.
   * @param ignored heads of tracked branches that are not deployed: the reconciler then leaves them alone
   * @throws SiskinError STORE_UNAVAILABLE
   */
  record(
    delivery: string,
    pushes: PushRecord[],
    audit: DeliveryAudit,
    ignored: readonly (EnvironmentKey & IgnoredHead)[],
  ): Promise<DeliveryRecord>;
}

export interface DeliveryRecord {
  /** The delivery was recorded before; nothing was done now. */
  duplicate: boolean;
  deployments: { app: string; environment: string; deployment: string; superseded: string | null }[];
}

export interface DeliveryAudit {
  actor: Actor;
  from: string | null;
  action: string;
  detail: string;
}

/** One line of the log: no payload, bounded. */
export interface IntakeLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export interface GithubWebhookDependencies {
  /** The secret in use, and during a rotation the one before it. */
  secrets: readonly [string, ...string[]];
  /** Read at every push: the operator may change it. */
  apps: () => readonly TrackedApp[];
  ledger: PushLedger;
  log: IntakeLog;
  /** Counts an answer; `siskin_webhook_answers_total`. */
  countAnswer: (status: number) => void;
  /** Shorter in tests. */
  bodyTimeoutMs?: number;
}

/** What the receiver answers; see docs/reference/http-api.md. */
export interface WebhookAnswer {
  status: number;
  body: Record<string, unknown>;
}
