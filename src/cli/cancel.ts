import type { Command } from 'commander';
import { registerCommandVerb } from './client/running-deployment.ts';
import type { Io } from './terminal/io.ts';

/** `siskin cancel APP ENV` */
export const registerCancel = (program: Command, io: Io): void =>
  registerCommandVerb(program, io, {
    verb: 'cancel',
    description: 'end the running deployment; what served before it serves on',
  });
