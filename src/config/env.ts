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
  /** False when NO_COLOR is set to anything but the empty string (no-color.org). */
  color: boolean;
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
  color: !env.NO_COLOR,
});
