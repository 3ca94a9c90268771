import { takeInAudit } from './audit.ts';
import { addCommand } from './commands.ts';
import {
  appendJournal,
  checkFence,
  ensureRelease,
  setRunning,
  setScrapeTargets,
  setServing,
  updateDeployment,
  updateRelease,
} from './fenced-writes.ts';
import { fencedFreeze, freeze, unfreeze } from './freezes.ts';
import { acquireLease, releaseLease, renewLease } from './leases.ts';
import { addLog } from './log.ts';
import { noteNotice, settleNotice } from './outbox.ts';
import { recordDeployments } from './record-deployments.ts';
import { restoreReleases } from './restore.ts';
import { forget } from './retention.ts';
import { thinJournal } from './thin-journal.ts';

/** Every script by the name it gets as a command. */
export const scripts = {
  siskinRecordDeployments: recordDeployments,
  siskinAcquireLease: acquireLease,
  siskinRenewLease: renewLease,
  siskinReleaseLease: releaseLease,
  siskinCheckFence: checkFence,
  siskinUpdateDeployment: updateDeployment,
  siskinSetServing: setServing,
  siskinAppendJournal: appendJournal,
  siskinEnsureRelease: ensureRelease,
  siskinUpdateRelease: updateRelease,
  siskinRestoreReleases: restoreReleases,
  siskinSetRunning: setRunning,
  siskinSetScrapeTargets: setScrapeTargets,
  siskinAddLog: addLog,
  siskinAddCommand: addCommand,
  siskinFreeze: freeze,
  siskinUnfreeze: unfreeze,
  siskinFencedFreeze: fencedFreeze,
  siskinForget: forget,
  siskinThinJournal: thinJournal,
  siskinNoteNotice: noteNotice,
  siskinSettleNotice: settleNotice,
  siskinTakeInAudit: takeInAudit,
} as const;

export type ScriptName = keyof typeof scripts;
