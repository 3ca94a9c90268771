import type { Command } from 'commander';
import { checkFrontFiles } from '../../workers/front-checks.ts';
import { loadSiskinConfig } from '../config/siskin-config.ts';
import { siskinConfigJsonSchema } from '../config/siskin-json-schema.ts';
import { configPath } from './local/local-config.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { neutral, writeJson } from './terminal/output.ts';

/** `siskin config check [FILE]`, `siskin config schema` */
export function registerConfig(program: Command, io: Io): void {
  const config = program.command('config').description('siskin.yaml');
  config
    .command('check')
    .description('read siskin.yaml and tell every mistake in it, with its line')
    .argument('[file]', 'the file (else --config, SISKIN_CONFIG, ./siskin.yaml)')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin config check', 'siskin config check deploy/siskin.yaml'))
    .action(async (file: string | undefined, options: { json?: boolean }, command: Command) => {
      const loaded = await loadSiskinConfig(file ?? configPath(command, io), io.env);
      await checkFrontFiles(loaded);
      const { file: path, apps } = loaded;
      const environments = apps.flatMap((app) =>
        app.environments.map((its) => `${app.app}/${its.environment}`),
      );
      if (options.json) writeJson(io, { file: path, environments });
      else io.write(`${neutral(path)} is right; environments: ${environments.join(', ') || 'none'}\n`);
    });
  config
    .command('schema')
    .description('the JSON Schema of siskin.yaml, for editors')
    .addHelpText('after', example('siskin config schema > siskin.schema.json'))
    .action(() => writeJson(io, siskinConfigJsonSchema()));
}
