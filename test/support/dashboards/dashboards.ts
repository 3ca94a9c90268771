import { writeFile } from 'node:fs/promises';
import { defaultAppMetrics } from '../../../src/domain/host/monitoring-metrics.ts';
import { application } from './application.ts';
import { grafanaJson } from './grafana-json.ts';
import { hosts } from './hosts.ts';
import { jvm } from './jvm.ts';
import type { AppMetricNames } from './names.ts';
import type { Dashboard } from './panel.ts';
import { redis } from './redis.ts';
import { siskin } from './siskin.ts';
import { websocket } from './websocket.ts';

/** Every dashboard, by the name of its file. */
const dashboards = (names: AppMetricNames): Record<string, Dashboard> => ({
  application: application(names),
  websocket: websocket(names),
  redis: redis(names),
  jvm,
  siskin,
  hosts,
});

/** In a template the app's own metrics are places to fill in. */
const places = Object.fromEntries(
  Object.keys(defaultAppMetrics).map((name) => [name, `<%= it.metrics.${name} %>`]),
) as AppMetricNames;

/** The text of deploy-templates/grafana/dashboards/NAME.json.eta, of each. */
export const dashboardTemplates = (): Record<string, string> =>
  Object.fromEntries(Object.entries(dashboards(places)).map(([name, one]) => [name, grafanaJson(one)]));

if (process.argv[1] === import.meta.filename) {
  for (const [name, text] of Object.entries(dashboardTemplates())) {
    const file = `../../../deploy-templates/grafana/dashboards/${name}.json.eta`;
    await writeFile(new URL(file, import.meta.url), text);
  }
}
