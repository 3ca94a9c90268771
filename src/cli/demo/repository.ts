import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DemoRelease } from './releases.ts';

const exec = promisify(execFile);

/** The demo's repository: a working tree that a developer would push from. */
export class DemoRepository {
  readonly path: string;
  readonly #app: string;

  /** @param path a folder to make @param app the folder of the demo app */
  constructor(path: string, app: string) {
    this.path = path;
    this.#app = app;
  }

  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true });
    await this.#git('init', '--quiet', '--initial-branch=release');
  }

  /** @returns the full SHA of the commit that is this release */
  async commit({ name, about, behaviour, dockerfile }: DemoRelease): Promise<string> {
    await cp(this.#app, this.path, { recursive: true });
    await this.#write('behaviour.json', `${JSON.stringify({ release: name, ...behaviour }, null, 2)}\n`);
    if (dockerfile !== undefined) await this.#write('Dockerfile', dockerfile);
    await this.#git('add', '--all');
    await this.#git('commit', '--quiet', '--message', `${name}: ${about}`);
    return (await this.#git('rev-parse', 'HEAD')).trim();
  }

  async #write(file: string, text: string): Promise<void> {
    await writeFile(join(this.path, file), text);
  }

  /** The visitor's own git configuration (signing, hooks) has no say in the demo. */
  async #git(...args: string[]): Promise<string> {
    const identity = ['-c', 'user.name=Siskin demo', '-c', 'user.email=demo@example.com'];
    const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    return (await exec('git', [...identity, ...args], { cwd: this.path, env })).stdout;
  }
}
