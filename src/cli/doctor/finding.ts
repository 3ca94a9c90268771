import type { SiskinConfig, SlackConfig } from '../../config/siskin-config.ts';

/** One line of `siskin doctor`. */
export interface Finding {
  level: 'ok' | 'warn' | 'fail';
  /** What was looked at, e.g. `redis`. */
  what: string;
  detail: string;
  /** What to do; null for what is well. */
  advice: string | null;
}

export const ok = (what: string, detail: string): Finding => ({ level: 'ok', what, detail, advice: null });
export const warn = (what: string, detail: string, advice: string): Finding => ({
  level: 'warn',
  what,
  detail,
  advice,
});
export const fail = (what: string, detail: string, advice: string): Finding => ({
  level: 'fail',
  what,
  detail,
  advice,
});

/** What of siskin.yaml the checks need; the defaults where there is none. */
export interface Subject {
  dataDir: string;
  /** `host:port` the server listens at. */
  serverListen: string;
  /** `host:port` of the router that Siskin starts; null for one of the operator's. */
  routerListen: string | null;
  /** null: Siskin starts redis-server itself. */
  redis: { url: string; password?: string } | null;
  /** null: Siskin starts prometheus itself. */
  prometheusUrl: string | null;
  /** `unix:///var/run/docker.sock` */
  dockerHost: string;
  /** The whole of it; null where it cannot be read. */
  config: SiskinConfig | null;
  /** null: nothing is told in Slack. */
  slack: { config: SlackConfig; channels: string[] } | null;
}
