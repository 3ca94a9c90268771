import { parse } from 'yaml';
import { z } from 'zod';

const rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.strictObject({ summary: z.string(), runbook_url: z.string() }),
});
const ruleFile = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })),
});
const testFile = z.looseObject({
  tests: z.array(
    z.looseObject({
      alert_rule_test: z.array(z.looseObject({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })),
    }),
  ),
});

export type AlertRule = z.infer<typeof rule>;

const below = (files: Record<string, string>, folder: string): string[] =>
  Object.entries(files).flatMap(([path, text]) => (path.startsWith(`monitoring/${folder}/`) ? [text] : []));

/** Every alert of a rendered bundle. */
export const alertsOf = (files: Record<string, string>): AlertRule[] =>
  below(files, 'prometheus/rules').flatMap((text) =>
    ruleFile.parse(parse(text)).groups.flatMap(({ rules }) => rules),
  );

/** How often the bundle's tests say of an alert that it fires, and that it does not. */
export function casesOf(files: Record<string, string>): Record<string, { fires: number; silent: number }> {
  const cases: Record<string, { fires: number; silent: number }> = {};
  for (const text of below(files, 'prometheus/tests')) {
    for (const { alertname, exp_alerts } of testFile
      .parse(parse(text))
      .tests.flatMap((one) => one.alert_rule_test)) {
      cases[alertname] ??= { fires: 0, silent: 0 };
      cases[alertname][exp_alerts.length > 0 ? 'fires' : 'silent'] += 1;
    }
  }
  return cases;
}

/** What is not tried: alerts without a case that fires and one that does not, and cases of alerts that are not there. */
export function untried(alerts: readonly string[], cases: ReturnType<typeof casesOf>): string[] {
  return [
    ...alerts.filter((name) => !cases[name]?.fires).map((name) => `${name} never fires`),
    ...alerts.filter((name) => !cases[name]?.silent).map((name) => `${name} is never silent`),
    ...Object.keys(cases)
      .filter((name) => !alerts.includes(name))
      .map((name) => `${name} is no alert`),
  ];
}
