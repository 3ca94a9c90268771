import { readLastRun } from '../src/adapters/backups/last-run.ts';
import type { Env } from '../src/config/env.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import type { EnvironmentKey } from '../src/domain/names.ts';
import type { Logger } from '../src/observability/logger.ts';
import type { MetricsSources } from '../src/observability/sources.ts';
import { backUp, lastBackupFile } from './backup.ts';
import { type DailyRun, startDaily } from './schedule.ts';
import { lastSyncFile, syncStandby } from './standby.ts';

/** What siskin.yaml wants done each day: the backup, the synchronisation of the standby. */
export function startDailyRuns(config: SiskinConfig, env: Env, log: Logger): { stop: () => Promise<void> } {
  const { backup, standby, dataDir } = config;
  const runs: DailyRun[] = [];
  if (backup?.at)
    runs.push({
      name: 'backup',
      at: backup.at,
      lastRunFile: lastBackupFile(dataDir),
      run: () => backUp(config, 'schedule'),
    });
  if (standby?.at)
    runs.push({
      name: 'standby sync',
      at: standby.at,
      lastRunFile: lastSyncFile(dataDir),
      run: () => syncStandby(config, env),
    });
  const started = runs.map((run) => startDaily(run, log));
  return { stop: async () => void (await Promise.all(started.map(({ stop }) => stop()))) };
}

/** For deployments: saves what backup.beforeDeploy asks for, until the deployment needs it no more. */
export const backupBefore =
  (config: SiskinConfig) =>
  async (
    key: EnvironmentKey,
    deployment: string,
    tell: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    const wanted = config.backup?.beforeDeploy.some(
      ({ app, environment }) => app === key.app && environment === key.environment,
    );
    if (wanted) {
      const reason = `before ${deployment} of ${key.app}/${key.environment}`;
      await backUp(config, reason, { tell, signal });
    }
  };

export const backupFigures = (config: SiskinConfig): Pick<MetricsSources, 'backups'> =>
  config.backup
    ? {
        backups: async () => {
          const last = await readLastRun(lastBackupFile(config.dataDir));
          const succeeded = last?.succeededAt ?? null;
          return {
            succeededAt: succeeded === null ? null : Date.parse(succeeded) / 1000,
            result: last?.result === 'success' ? 1 : last?.result === 'failure' ? 0 : null,
          };
        },
      }
    : {};
