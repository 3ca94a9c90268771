import { parseArgs } from 'node:util';

export interface CommandLine {
  /** Names of the benches to run, in the order in which they are known. */
  names: string[];
  quick: boolean;
  /** File for the figures. */
  json: string | undefined;
  help: boolean;
}

/**
 * Reads the arguments of `npm run bench --`.
 * @param known names of all benches; all of them are run when none is named
 * @throws Error for an option or a name that there is not
 */
export function parseCommandLine(args: readonly string[], known: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no bench "${unknown}"; there are ${known.join(', ')}`);
  const names = positionals.length === 0 ? [...known] : known.filter((name) => positionals.includes(name));
  return { names, quick: values.quick, json: values.json, help: values.help };
}
