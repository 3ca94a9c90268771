import { addCommand } from './commands.ts';
import {
  appendJournal,
  checkFence,
  ensureRelease,
  setServing,
  updateDeployment,
  updateRelease,
} from './fenced-writes.ts';
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
  siskinAddCommand: addCommand,
} as const;

export type ScriptName = keyof typeof scripts;
