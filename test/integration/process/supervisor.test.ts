import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Supervisor, type SupervisorOptions } from '../../../src/adapters/process/supervisor.ts';

describe('Supervisor', () => {
  let directory: string;
  let running: Supervisor[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sk-'));
    running = [];
  });
  afterEach(async () => {
    for (const supervisor of running) await supervisor.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const mark = () => join(directory, 'program.mjs');
  const supervise = async (source: string, change: Partial<SupervisorOptions> = {}) => {
    await writeFile(mark(), source);
    const supervisor = new Supervisor({
      name: 'program',
      program: process.execPath,
      debianPackage: 'nodejs',
      args: [mark()],
      marks: [mark()],
      directory,
      ...change,
    });
    running.push(supervisor);
    return supervisor;
  };
  const logged = async (text: string) => {
    while (!(await readFile(join(directory, 'program.log'), 'utf8').catch(() => '')).includes(text)) {
      await pause();
    }
  };
  const forever = "console.log('begun'); setInterval(() => {}, 1e6);";

  it('starts a program, and stops it', async () => {
    const supervisor = await supervise(forever);
    expect(await supervisor.start()).toBe('started');
    const { pid } = supervisor;
    expect(isAlive(pid)).toBe(true);
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
    expect(supervisor.pid).toBe(null);
    await expect(stat(join(directory, 'program.pid'))).rejects.toThrow('ENOENT');
  });

  it('kills one that ignores SIGTERM after the grace', async () => {
    const source = "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1e6);";
    const supervisor = await supervise(source, { graceMs: 100 });
    await supervisor.start();
    await logged('deaf');
    const { pid } = supervisor;
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('starts one that died again, and tells', async () => {
    let restarts = 0;
    const supervisor = await supervise(forever, { onRestart: () => (restarts += 1) });
    await supervisor.start();
    const first = supervisor.pid;
    supervisor.signal('SIGKILL');
    while (restarts === 0) await pause();
    expect(supervisor.pid).not.toBe(first);
    expect(isAlive(supervisor.pid)).toBe(true);
  });

  it('adopts the one that runs, looks after it, and stops it', async () => {
    const before = await supervise(forever);
    await before.start();
    await before.release();
    const after = await supervise(forever);
    expect(await after.start()).toBe('adopted');
    expect(after.pid).toBe(before.pid);
    after.signal('SIGKILL');
    while (after.pid === null || after.pid === before.pid) await pause();
    expect(isAlive(after.pid)).toBe(true);
  });

  it('survives the sudden death of Siskin, and is adopted by the next', async () => {
    await writeFile(mark(), forever);
    const module = join(import.meta.dirname, '../../../src/adapters/process/supervisor.ts');
    const options = { name: 'program', program: process.execPath, debianPackage: 'nodejs', directory };
    const siskin = `
      import { Supervisor } from ${JSON.stringify(module)};
      const supervisor = new Supervisor(${JSON.stringify({ ...options, args: [mark()], marks: [mark()] })});
      await supervisor.start();
      console.log(supervisor.pid);
      setInterval(() => {}, 1e6);`;
    await writeFile(join(directory, 'siskin.mts'), siskin);
    const parent = spawn(process.execPath, ['--import', 'tsx', join(directory, 'siskin.mts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: join(import.meta.dirname, '../../..'),
    });
    const [said] = await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(isAlive(Number(said))).toBe(true);
    const next = await supervise(forever);
    expect(await next.start()).toBe('adopted');
    expect(next.pid).toBe(Number(said));
  });

  it('does not adopt a pid that another process got', async () => {
    const other = spawn('sleep', ['1000'], { stdio: 'ignore' });
    await once(other, 'spawn');
    await writeFile(join(directory, 'program.pid'), `${other.pid}\n`);
    const supervisor = await supervise(forever);
    expect(await supervisor.start()).toBe('started');
    expect(supervisor.pid).not.toBe(other.pid);
    await supervisor.stop();
    expect(other.exitCode).toBe(null);
    other.kill();
  });

  it('gives it nothing of our environment but a PATH', async () => {
    const source = "console.log('has', Object.keys(process.env)); setInterval(() => {}, 1e6);";
    await (await supervise(source)).start();
    await logged("has [ 'PATH' ]");
  });

  it('turns a log that grew too long', async () => {
    const source = "setInterval(() => console.log('x'.repeat(10_000)), 5);";
    await (await supervise(source, { maxLogBytes: 50_000 })).start();
    const old = join(directory, 'program.log.1');
    while (!(await stat(old).catch(() => null))) await pause();
    expect((await stat(old)).size).toBeGreaterThan(50_000);
  });

  it('names a program that is missing, and its Debian package', async () => {
    const supervisor = await supervise('', {
      program: 'redis-server',
      debianPackage: 'redis-server',
      searchPath: [],
    });
    await expect(supervisor.start()).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
      message: 'redis-server is not installed; on Debian it is in the package redis-server.',
    });
  });

  it('says why one is not ready, with its last words', async () => {
    const supervisor = await supervise("console.log('the port is taken'); process.exit(1);");
    await supervisor.start();
    await logged('the port is taken');
    const never = supervisor.waitUntilReady(async () => false, 100);
    await expect(never).rejects.toMatchObject({
      code: 'PROGRAM_NOT_READY',
      message: expect.stringContaining('the port is taken'),
    });
  });
});

function isAlive(pid: number | null): boolean {
  if (pid === null) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
