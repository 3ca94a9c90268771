export interface SystemFacts {
  id: string;
  like: string[];
  linux: boolean;
  apt: boolean;
  dockerCli: boolean;
}

export interface EngineFacts {
  address: string;
  fromEnvironment: boolean;
  answers: boolean;
  forbidden: boolean;
  version: string | null;
  images: { node: boolean; busybox: boolean };
}

export interface SetupFacts {
  system: SystemFacts;
  privilege: 'root' | 'sudo' | 'none';
  node: { version: string; supported: boolean };
  programs: Record<string, string | null>;
  appArmor: boolean;
  systemd: boolean;
  engine: EngineFacts;
  modules: 'match' | 'missing' | 'stale';
  dist: 'fresh' | 'missing' | 'stale';
}

export type SetupAction =
  | { kind: 'install'; packages: string[] }
  | { kind: 'start-engine'; by: ('systemd' | 'dockerd')[] }
  | { kind: 'npm-ci'; why: string }
  | { kind: 'base-image'; of: 'node' | 'busybox'; image: string }
  | { kind: 'build'; why: string };

export interface SetupPlan {
  found: { what: string; detail: string }[];
  actions: SetupAction[];
  problems: { what: string; remedy: string }[];
}

export function plan(facts: SetupFacts, options: { tests: boolean; noBuild: boolean }): SetupPlan;
