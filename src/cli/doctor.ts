import type { Command } from 'commander';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { checkComposeCli } from './doctor/compose-cli.ts';
import { checkConfig } from './doctor/config.ts';
import { checkDisk } from './doctor/disk.ts';
import { checkDocker } from './doctor/docker.ts';
import type { Finding } from './doctor/finding.ts';
import { checkForward } from './doctor/forward.ts';
import { checkFront } from './doctor/front.ts';
import { checkGithub } from './doctor/github.ts';
import { checkPorts } from './doctor/ports.ts';
import { checkPrograms } from './doctor/programs.ts';
import { checkPrometheus } from './doctor/prometheus.ts';
import { checkRedis } from './doctor/redis.ts';
import { checkRepositories } from './doctor/repositories.ts';
import { checkSecrets } from './doctor/secrets.ts';
import { checkSlack } from './doctor/slack.ts';
import { configPath } from './local/local-config.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { type Color, neutral, paint, writeJson } from './terminal/output.ts';

/** `siskin doctor` */
export function registerDoctor(program: Command, io: Io): void {
  program
    .command('doctor')
    .description('whether this machine can run Siskin, and what to do where it cannot')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin doctor', 'siskin doctor --json'))
    .action(async (options: { json?: boolean }, command: Command) => {
      const findings = await examine(configPath(command, io), io);
      if (options.json) writeJson(io, { findings });
      else for (const finding of findings) writeFinding(io, finding);
      const failed = findings.filter(({ level }) => level === 'fail').length;
      if (failed > 0)
        throw new SiskinError('CHECKS_FAILED', `${failed} of ${findings.length} checks failed.`);
    });
}

/** Every check, on the configuration where it can be read and on the defaults where it cannot. */
export async function examine(path: string, io: Io): Promise<Finding[]> {
  const { subject, config, findings } = await checkConfig(path, io.env);
  const checks = await Promise.all([
    checkPrograms(subject, io.env),
    checkDocker(subject),
    checkRedis(subject),
    checkPrometheus(subject),
    checkPorts(subject),
    checkDisk(subject),
    checkSlack(subject),
    ...(config
      ? [
          checkSecrets(config, io.env),
          checkRepositories(config),
          checkComposeCli(config, io.env),
          checkFront(config, Date.now()),
          checkForward(config, io.env),
        ]
      : []),
    checkGithub(subject),
  ]);
  return [...findings, ...checks.flat()];
}

const colors: Record<Finding['level'], Color> = { ok: 'green', warn: 'yellow', fail: 'red' };

function writeFinding(io: Io, { level, what, detail, advice }: Finding): void {
  io.write(`${paint(io, colors[level], level.padEnd(5))} ${what.padEnd(14)} ${neutral(detail)}\n`);
  if (advice !== null) io.write(`${' '.repeat(21)}→ ${neutral(advice)}\n`);
}
