import type { Command } from 'commander';
import type { Io } from './io.ts';
import { registerCommandVerb } from './running-deployment.ts';

/** `siskin promote APP ENV` */
export const registerPromote = (program: Command, io: Io): void =>
  registerCommandVerb(program, io, {
    verb: 'promote',
    description: 'let the canary take all traffic now, without waiting for more evidence',
  });
