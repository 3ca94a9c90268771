import { registerApps } from './apps.ts';
import { registerAudit } from './audit.ts';
import { registerBackup } from './backup.ts';
import { registerCancel } from './cancel.ts';
import { registerCompletion } from './completion.ts';
import { registerConfig } from './config.ts';
import { registerDemo } from './demo.ts';
import { registerDeploy } from './deploy.ts';
import { registerDns } from './dns.ts';
import { registerDoctor } from './doctor.ts';
import { registerFreeze, registerUnfreeze } from './freeze.ts';
import { registerHistory } from './history.ts';
import { registerHost } from './host.ts';
import { registerInit } from './init.ts';
import { registerLogs } from './logs.ts';
import type { Register } from './program.ts';
import { registerPromote } from './promote.ts';
import { registerRestore } from './restore.ts';
import { registerRetry } from './retry.ts';
import { registerRollback } from './rollback.ts';
import { registerSecrets } from './secrets.ts';
import { registerServer } from './server.ts';
import { registerShow } from './show.ts';
import { registerSimulate } from './simulate.ts';
import { registerStandby } from './standby.ts';
import { registerStatus } from './status.ts';
import { registerToken } from './token.ts';
import { registerUp } from './up.ts';
import { registerWebhookVerbs } from './webhook.ts';
import { registerWorker } from './worker.ts';

/** Every verb, in the order of --help. */
export const verbs: readonly Register[] = [
  registerInit,
  registerHost,
  registerUp,
  registerServer,
  registerWorker,
  registerDemo,
  registerApps,
  registerStatus,
  registerHistory,
  registerShow,
  registerLogs,
  registerAudit,
  registerDeploy,
  registerPromote,
  registerCancel,
  registerRetry,
  registerRollback,
  registerFreeze,
  registerUnfreeze,
  registerSimulate,
  registerWebhookVerbs,
  registerBackup,
  registerRestore,
  registerStandby,
  registerDns,
  registerDoctor,
  registerConfig,
  registerToken,
  registerSecrets,
  registerCompletion,
];
