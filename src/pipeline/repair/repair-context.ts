import type { ServiceRelease } from '../../domain/release.ts';
import type { RepairNotes } from '../../domain/repair/repair-notes.ts';
import type { RepairAction } from '../../domain/repair/repair-step.ts';
import type { AppEnvironment } from '../app-environment.ts';
import type { Lease } from '../ports.ts';
import type { World } from '../run-context.ts';
import { HealthPoller } from '../steps/health-poller.ts';
import type { ScrapeTargets } from '../steps/scrape-targets.ts';

/** What one process remembers of an environment between two looks; nothing of it need survive. */
export interface RepairMemory {
  notes: RepairNotes;
  health: HealthPoller;
}

export const freshMemory = ({ prober, clock }: World): RepairMemory => ({
  notes: new Map(),
  health: new HealthPoller(prober, clock),
});

/** One look at one environment, under its lease, while no deployment of it is under way. */
export interface RepairContext {
  world: World;
  app: AppEnvironment;
  lease: Lease;
  /** The release that should serve, as the service that is looked at sees it. */
  release: ServiceRelease;
  /** Absent where no service tells metrics. */
  scrapeTargets: ScrapeTargets | undefined;
  backend: string;
  memory: RepairMemory;
  /** Aborted when this worker closes. */
  stop: AbortSignal;
  onAction: (action: RepairAction) => void;
}
