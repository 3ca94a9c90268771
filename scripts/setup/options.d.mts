export interface SetupOptions {
  check: boolean;
  noBuild: boolean;
  tests: boolean;
  quiet: boolean;
  help: boolean;
}

export function parseOptions(args: string[], env: Record<string, string | undefined>): SetupOptions;
