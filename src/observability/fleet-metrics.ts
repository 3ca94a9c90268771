import type { Registry } from 'prom-client';
import { inTime } from './in-time.ts';
import { addCounter, addGauge, type Sample } from './read-metric.ts';
import type { MetricsSources } from './sources.ts';
import { addStageSeconds } from './stage-seconds.ts';

/** Wake-ups and the environments that are worked on. */
export function addQueue(registry: Registry, { queueDepth, queueAge, leases }: MetricsSources): void {
  if (queueDepth) {
    const help = 'Wake-ups in the queue, by state.';
    addGauge(registry, { name: 'siskin_queue_depth', help, labelNames: ['state'] }, async () =>
      Object.entries(await queueDepth()).map(([state, count]) => [{ state }, count]),
    );
  }
  if (queueAge) {
    const help = 'Seconds that the oldest waiting wake-up has waited; 0 when none waits.';
    addGauge(registry, { name: 'siskin_queue_oldest_wait_seconds', help }, async () => [
      [{}, await queueAge()],
    ]);
  }
  if (leases) {
    const help = 'Environments that a worker works on: leases held.';
    addGauge(registry, { name: 'siskin_leases_held', help }, async () => [[{}, await leases()]]);
  }
}

/** How deployments ended, in which states others are, and how long their stages took. */
export function addDeployments(registry: Registry, { outcomes, unfinished, stages }: MetricsSources): void {
  if (outcomes) {
    const help = 'Deployments that ended, by outcome.';
    const labelNames = ['app', 'environment', 'outcome'];
    addCounter(registry, { name: 'siskin_deployments_total', help, labelNames }, async () =>
      (await outcomes()).map(({ count, ...labels }) => [labels, count]),
    );
  }
  if (unfinished) {
    const help = 'Deployments that have not ended, by state.';
    const labelNames = ['app', 'environment', 'state'];
    addGauge(registry, { name: 'siskin_deployments_unfinished', help, labelNames }, async () =>
      (await unfinished()).map((labels) => [{ ...labels }, 1]),
    );
  }
  if (stages) addStageSeconds(registry, stages);
}

/** What the reconcilers did. */
export function addReconcile(registry: Registry, { reconcileActions }: MetricsSources): void {
  if (!reconcileActions) return;
  const help = 'What the reconciler put right, by action.';
  addCounter(registry, { name: 'siskin_reconcile_actions_total', help, labelNames: ['action'] }, async () =>
    Object.entries(await reconcileActions()).map(([action, count]) => [{ action }, count]),
  );
}

/** What people were told, and what waits to be told. */
export function addNotices(registry: Registry, { notices, untold }: MetricsSources): void {
  if (notices) {
    const help = 'Deliveries of notices, by channel and outcome: told, failed (tried again), given-up.';
    const labelNames = ['channel', 'outcome'];
    addCounter(registry, { name: 'siskin_notices_total', help, labelNames }, async () =>
      (await notices()).map(({ count, ...labels }) => [labels, count]),
    );
  }
  if (untold) {
    const help = 'Deployments of which something was not told everywhere yet; those that run are among them.';
    addGauge(registry, { name: 'siskin_notices_untold', help }, async () => [[{}, await untold()]]);
  }
}

/** How long the front's certificates last. */
export function addCertificates(registry: Registry, { certificates }: MetricsSources): void {
  if (!certificates) return;
  const help =
    'Seconds until the certificate that the front serves for a host expires; negative when it has.';
  const name = 'siskin_front_certificate_expiry_seconds';
  addGauge(registry, { name, help, labelNames: ['host'] }, async () =>
    (await certificates()).map(({ host, secondsLeft }) => [{ host }, secondsLeft]),
  );
}

/** How much is left of the disks; one that cannot be read is absent, the others are told. */
export function addDisks(registry: Registry, { disks }: MetricsSources): void {
  if (!disks) return;
  const help = 'Share of the disk that is free, by what lies on it, 0 to 1.';
  addGauge(registry, { name: 'siskin_disk_free_share', help, labelNames: ['holds'] }, () =>
    Promise.all(
      Object.entries(disks).map(
        async ([holds, share]): Promise<Sample> => [{ holds }, await inTime(share, 1_000)],
      ),
    ),
  );
}
