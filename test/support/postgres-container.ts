import { setTimeout } from 'node:timers/promises';
import type Docker from 'dockerode';
import { execIn, textOf } from '../../src/adapters/docker/exec.ts';
import { postgresImage } from './postgres-image.ts';

/** A PostgreSQL 15 in a container, with one database. */
export interface TestPostgres {
  name: string;
  /** Runs SQL and returns rows as lines. @throws Error with what psql said */
  sql(statement: string, database?: string): Promise<string[]>;
  remove(): Promise<void>;
}

export async function startPostgres(docker: Docker, name: string): Promise<TestPostgres> {
  const container = await docker.createContainer({
    name,
    Image: postgresImage,
    Env: ['POSTGRES_USER=shop', 'POSTGRES_DB=shop'],
    HostConfig: { NetworkMode: 'none' },
  });
  await container.start();
  const run = (words: string[]) => execIn(docker, container.id, { words, env: {} }, textOf);
  while ((await run(['pg_isready', '--host=127.0.0.1', '--quiet'])).exitCode !== 0) {
    if (!(await container.inspect()).State.Running)
      throw new Error(`PostgreSQL ended: ${String(await container.logs({ stderr: true, stdout: true }))}`);
    await setTimeout(100);
  }
  return {
    name,
    sql: async (statement, database = 'shop') => {
      const words = ['psql', '-qAtX', '-v', 'ON_ERROR_STOP=1', '-U', 'shop', '-d', database, '-c', statement];
      const { exitCode, errors, value } = await run(words);
      if (exitCode !== 0) throw new Error(errors);
      return value === '' ? [] : value.split('\n');
    },
    remove: async () => void (await container.remove({ force: true, v: true }).catch(() => undefined)),
  };
}
