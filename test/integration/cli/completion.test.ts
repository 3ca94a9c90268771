import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, runSiskin } from '../../support/app-cli.ts';
import { deployment, json } from '../../support/app-cli-answers.ts';
import { inTerminal } from '../../support/pty.ts';

const main = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');
const tsx = new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
let folder: string;
let server: FakeServer;

/** A `siskin` on PATH that says what it was asked to do, but completes for real. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siskin-completion-'));
  server = await fakeServer(
    json({ deployments: [deployment({ id: 'd31', title: 'fix\u001b[2J\ta' }), deployment({ id: 'd4' })] }),
  );
  const program = `exec '${process.execPath}' --import '${tsx}' '${main}' "$@"`;
  const wrapper = `#!/bin/sh\ncase "$1" in completion|__complete) ${program};; *) echo "RAN $*";; esac\n`;
  await writeFile(join(folder, 'siskin'), wrapper, { mode: 0o755 });
  await writeFile(
    join(folder, 'siskin.yaml'),
    [
      `server: { listen: "${new URL(server.url).host}" }`,
      `github: { webhookSecret: "\${UNSET}" }`,
      'apps: { shop: { environments: { production: {}, test: {} } }, blog: { environments: {} } }',
    ].join('\n'),
  );
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const shells: [string, string[], string][] = [
  ['bash', ['bash', '--norc', '--noprofile', '-i'], 'PS1=ready">"; source <(siskin completion bash)'],
  [
    'zsh',
    ['zsh', '-f', '-i'],
    'PS1=ready">"; autoload -U compinit; compinit -u -D; source <(siskin completion zsh)',
  ],
  [
    'fish',
    ['fish', '--no-config', '-i'],
    'function fish_prompt; echo -n ready; echo -n ">"; end; siskin completion fish | source',
  ],
];
const isThere = (program: string): boolean => {
  try {
    execFileSync(program, ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
};

describe.each(shells.filter(([name]) => name === 'bash' || isThere(name)))(
  'in a real %s',
  (name, command, setUp) => {
    const fish = name === 'fish';
    const open = async () => {
      const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, XDG_CONFIG_HOME: folder };
      const terminal = inTerminal(command, { cwd: folder, env });
      terminal.type(`${setUp}\r`);
      await terminal.shows('ready>');
      return terminal;
    };

    it('Tab completes app and option, asks nobody else, and runs nothing that was typed', async () => {
      const terminal = await open();
      terminal.type('siskin deploy sh\tproduction --wa\t"$(echo one)"\r');
      await terminal.shows('RAN deploy shop production --wait one');
      terminal.type('siskin show d3\t\r');
      await terminal.shows('RAN show d31');
      // Ctrl-U takes the line back as a key does; a Ctrl-C would throw away what is typed after it.
      terminal.type('siskin deploy "$(touch pwned)" \t\u0015');
      terminal.type(`test ! -e pwned${fish ? '; and' : ' &&'} exit 7\r`);
      expect(await terminal.ended).toBe(7);
      expect(server.requests.every(({ path }) => path === '/api/v1/deployments?limit=20')).toBe(true);
    });
  },
);

describe('what the scripts ask', () => {
  it('threat 23: what a commit says is neutral, on one line', async () => {
    const { out } = await runSiskin(['__complete', '--', 'show', ''], { env: { SISKIN_URL: server.url } });
    expect(out).toBe(
      'd31\tshop/production succeeded: fix\\u001b[2J a\nd4\tshop/production succeeded: a good change\n',
    );
  });

  it('offers nothing, and does not fail, where no server answers', async () => {
    const run = await runSiskin(['__complete', '--', 'deploy', ''], {
      env: { SISKIN_URL: 'http://127.0.0.1:9' },
    });
    expect(run).toEqual({ code: 0, out: '', err: '' });
  });

  it('asks the server that the line names, also where bash has split its address', async () => {
    const { host } = new URL(server.url);
    const words = [
      '--url',
      'http',
      ':',
      `//${host.split(':')[0]}`,
      ':',
      String(host.split(':')[1]),
      'show',
      'd4',
    ];
    expect((await runSiskin(['__complete', '--', ...words])).out).toMatch(/^d4\t/);
  });

  it('refuses a shell that it does not know', async () => {
    const { code, err } = await runSiskin(['completion', 'tcsh']);
    expect(code).toBe(1);
    expect(err).toContain('Allowed choices are bash, zsh, fish.');
  });
});
