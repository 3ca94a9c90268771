#!/usr/bin/env node
import process from 'node:process';
import { processIo } from './io.ts';
import { runCli } from './program.ts';
import { verbs } from './verbs.ts';

process.exitCode = await runCli(process.argv.slice(2), processIo(), verbs);
