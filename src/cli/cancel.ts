import type { Command } from 'commander';
import type { Io } from './io.ts';
import { registerCommandVerb } from './running-deployment.ts';

/** `siskin cancel APP ENV` */
export const registerCancel = (program: Command, io: Io): void =>
  registerCommandVerb(program, io, {
    verb: 'cancel',
    description: 'end the running deployment; what served before it serves on',
  });
