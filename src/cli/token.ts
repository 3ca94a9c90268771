import { createHash, randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { messageOf } from '../domain/errors/siskin-error.ts';
import { auditLocally } from './local/audit-locally.ts';
import { configPath, readLocalConfig } from './local/local-config.ts';
import { appArgument, example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { neutral, writeJson } from './terminal/output.ts';

const roles = ['viewer', 'deployer', 'admin'];

/** `siskin token new NAME --role ROLE` */
export function registerToken(program: Command, io: Io): void {
  program
    .command('token')
    .description('tokens of the API')
    .command('new')
    .description('make a token: it is shown once, siskin.yaml holds its hash only')
    .argument('<name>', 'who will use it, e.g. ci', appArgument().parseArg)
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).default('deployer'))
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin token new ci --role deployer'))
    .action(async (name: string, { role, json }: { role: string; json?: boolean }, command: Command) => {
      const made = makeToken();
      await note(command, io, { name, role, hash: made.hash });
      if (json) return writeJson(io, { name, role, ...made });
      io.write(
        `token (shown this once): ${made.token}\n\n` +
          `Add to siskin.yaml, under api.tokens, and restart the server:\n` +
          `  - { name: ${name}, role: ${role}, hash: "${made.hash}" }\n`,
      );
    });
}

/** A token is worth nothing before siskin.yaml has its hash: that it cannot be noted here keeps nobody from making one. */
async function note(command: Command, io: Io, detail: Record<string, string>): Promise<void> {
  try {
    const local = await readLocalConfig(configPath(command, io), io);
    if (local !== null) await auditLocally(io, local, { action: 'token-new', detail });
  } catch (error) {
    io.writeError(`warning: ${neutral(messageOf(error))}\n`);
  }
}

/** 256 random bits, and what siskin.yaml keeps of them: enough entropy that a plain SHA-256 cannot be reversed. */
export function makeToken(): { token: string; hash: string } {
  const token = `siskin_${randomBytes(32).toString('base64url')}`;
  return { token, hash: `sha256:${createHash('sha256').update(token).digest('hex')}` };
}
