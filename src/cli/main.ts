#!/usr/bin/env node
import process from 'node:process';
import { runCli } from './program.ts';
import { processIo } from './terminal/io.ts';
import { verbs } from './verbs.ts';

process.exitCode = await runCli(process.argv.slice(2), processIo(), verbs);
