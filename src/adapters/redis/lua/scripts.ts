import { addCommand } from './commands.ts';
import {
  appendJournal,
  checkFence,
  ensureRelease,
  setScrapeTargets,
  setServing,
  updateDeployment,
  updateRelease,
} from './fenced-writes.ts';
import { fencedFreeze, freeze, unfreeze } from './freezes.ts';
import { acquireLease, releaseLease, renewLease } from './leases.ts';
import { recordDeployments } from './record-deployments.ts';

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
  siskinSetScrapeTargets: setScrapeTargets,
  siskinAddCommand: addCommand,
  siskinFreeze: freeze,
  siskinUnfreeze: unfreeze,
  siskinFencedFreeze: fencedFreeze,
} as const;

export type ScriptName = keyof typeof scripts;
