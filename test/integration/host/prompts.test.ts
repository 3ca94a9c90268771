import { readdir } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scratchFolder } from '../../support/host-bundle.ts';
import { siskinInTerminal } from '../../support/pty.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;

beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

it('siskin init host asks in a terminal what the example needs, and says at once what is wrong', async () => {
  const terminal = siskinInTerminal(['init', 'host', 'host', '--elsewhere', '--dry-run'], {
    cwd: scratch.path,
  });
  await terminal.shows('Which example is nearest to your host');
  terminal.type('\r');
  await terminal.shows('Your apps, each as NAME=REPOSITORY');
  terminal.type('talk\r');
  await terminal.shows('It must be NAME=REPOSITORY');
  terminal.type('=https://github.com/acme/talk.git\r');
  await terminal.shows('Their domains');
  terminal.type('talk=talk.example.com\r');
  await terminal.shows('The address at which GitHub reaches this machine');
  terminal.type('\r');
  await terminal.shows('The mail address');
  terminal.type('\r');
  await terminal.shows('The Slack channel');
  terminal.type('\r');
  expect(await terminal.ended).toBe(0);
  expect(stripVTControlCharacters(terminal.raw())).toContain('host: "talk.example.com"');
  expect(await readdir(scratch.path)).toEqual([]);
});
