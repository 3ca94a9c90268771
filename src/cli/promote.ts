import type { Command } from 'commander';
import { registerCommandVerb } from './client/running-deployment.ts';
import type { Io } from './terminal/io.ts';

/** `siskin promote APP ENV` */
export const registerPromote = (program: Command, io: Io): void =>
  registerCommandVerb(program, io, {
    verb: 'promote',
    description:
      'go on without waiting for more evidence: the canary takes all traffic, a watch ends; unfreezes',
  });
