/** The environment variables as Siskin knows them: read once, frozen. */
export type Env = Readonly<Record<string, string>>;

/** Siskin's own variables. */
export interface EnvSettings {
  /** SISKIN_CONFIG: the path of siskin.yaml, `siskin.yaml` by default. */
  configFile: string;
  /** SISKIN_URL: the server that the CLI talks to. */
  url?: string;
  /** SISKIN_TOKEN: the API token of the CLI. A secret. */
  token?: string;
  /**
   * `never` when NO_COLOR is set to anything but the empty string (no-color.org), else `always` when FORCE_COLOR is, or
   * `never` when it is 0 or false; `auto` leaves it to the terminal.
   */
  color: 'auto' | 'always' | 'never';
}

/** The only reader of process.env. @returns a frozen copy without a prototype */
export function readEnv(): Env {
  const copy: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) copy[name] = value;
  return Object.freeze(copy);
}

/** Siskin's own variables out of the environment; an empty one counts as unset. */
export const envSettings = (env: Env): EnvSettings => ({
  configFile: env.SISKIN_CONFIG || 'siskin.yaml',
  ...(env.SISKIN_URL && { url: env.SISKIN_URL }),
  ...(env.SISKIN_TOKEN && { token: env.SISKIN_TOKEN }),
  color: colorWish(env),
});

function colorWish({ NO_COLOR, FORCE_COLOR }: Env): EnvSettings['color'] {
  if (NO_COLOR) return 'never';
  if (!FORCE_COLOR) return 'auto';
  return FORCE_COLOR === '0' || FORCE_COLOR === 'false' ? 'never' : 'always';
}
