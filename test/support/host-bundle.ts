import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Docker from 'dockerode';
import { z } from 'zod';
import type { ExampleName } from '../../src/domain/host/answers.ts';
import { runSiskin } from './app-cli.ts';
import { run } from './compose-project.ts';
import { ensureBaseImage } from './git-build.ts';
import { exampleFlags } from './host-answers.ts';

const docker = new Docker();
const env = { PATH: process.env.PATH ?? '' };

/** `siskin …` with the PATH of this process, which Compose and the checkers are looked for on. */
export const siskin = (...argv: string[]) => runSiskin(argv, { env });

export const initHost = (folder: string, example: ExampleName, ...more: string[]) =>
  siskin('init', 'host', folder, ...exampleFlags(example), '--elsewhere', ...more);

export async function scratchFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'siskin-host-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A folder as `siskin init host` wrote it, to be changed. */
export const copyOf = (folder: string, to: string): Promise<void> => cp(folder, to, { recursive: true });

/** Changes a file of the folder, and must find what it changes. */
export async function edit(file: string, from: RegExp, to: string): Promise<void> {
  const before = await readFile(file, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has no ${from}`);
  await writeFile(file, after);
}

/** Stands in for every program of a bundle: waits, obeys SIGTERM and SIGUSR1, and answers health checks. */
const hold =
  "#!/bin/sh\nhttpd -p 127.0.0.1:9090 -h /stand-in/www\nhttpd -p 127.0.0.1:8404 -h /stand-in/www\ntrap 'exit 0' TERM USR1 QUIT\nwhile :; do sleep 3600 & wait; done\n";
/** A database that is not ready when it is asked for the first time. */
const slowly = '#!/bin/sh\ntest -e /tmp/asked || { touch /tmp/asked; exit 1; }\n';
/** Tells what it was given: words, then input; fails when told to. */
const commandLine = '#!/bin/sh\nprintf "%s\\n" "$@"\ncat\ntest "$6" != fail\n';
const fine = '#!/bin/sh\nexit 0\n';
const crash = '#!/bin/sh\nexit 3\n';

/** Builds the image under both names. @returns the one that works, and one that crashes at its start */
export async function standInImages(
  name: string,
): Promise<{ well: string; crashing: string; remove(): Promise<void> }> {
  await ensureBaseImage('busybox', 'busybox:1.36');
  const images = { well: `${name}:well`, crashing: `${name}:crashing` };
  for (const [image, entry] of [
    [images.well, hold],
    [images.crashing, crash],
  ] as const) {
    const folder = await scratchFolder();
    const programs = {
      hold: entry,
      // The front's entrypoint names it.
      nginx: entry,
      pg_isready: slowly,
      'redis-cli': fine,
      mc: fine,
      node: commandLine,
      'docker-healthcheck': fine,
    };
    for (const [program, text] of Object.entries(programs))
      await writeFile(join(folder.path, program), text, { mode: 0o755 });
    // Prometheus is asked over HTTP.
    await mkdir(join(folder.path, 'www', '-'), { recursive: true });
    await writeFile(join(folder.path, 'www', '-', 'ready'), 'ready');
    await writeFile(join(folder.path, 'www', 'generation'), 'stand-in');
    const copied = Object.keys(programs).join(' ');
    await writeFile(
      join(folder.path, 'Dockerfile'),
      `FROM busybox:1.36\nCOPY ${copied} /stand-in/\nCOPY www /stand-in/www\nENV PATH=/stand-in:/bin\nENTRYPOINT ["/stand-in/hold"]\n`,
    );
    await run('docker', ['build', '--quiet', '--tag', image, folder.path], { DOCKER_BUILDKIT: '0' });
    await folder.remove();
  }
  return {
    ...images,
    async remove() {
      for (const image of Object.values(images)) await docker.getImage(image).remove({ force: true });
    },
  };
}

/** The containers of a project by service, as the engine describes them. */
export async function containersOf(project: string): Promise<Record<string, Docker.ContainerInspectInfo>> {
  const filters = { label: [`com.docker.compose.project=${project}`] };
  const found = await docker.listContainers({ all: true, filters });
  const inspected = await Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
  return Object.fromEntries(
    inspected.map((info) => [info.Config.Labels['com.docker.compose.service'], info]),
  );
}

export interface ProjectEvent {
  service: string;
  /** `start`, `die`, `health_status: healthy`, … */
  action: string;
}

/** What happens to a project's containers while `act` runs, in order. @param last events that there must be in the end */
export async function eventsDuring(
  project: string,
  act: () => Promise<unknown>,
  last: readonly ProjectEvent[],
): Promise<ProjectEvent[]> {
  const filters = { type: ['container' as const], label: [`com.docker.compose.project=${project}`] };
  const stop = new AbortController();
  const stream = await docker.getEvents({ filters, abortSignal: stop.signal });
  const events: ProjectEvent[] = [];
  const complete = new Promise<void>((resolve) => {
    // Aborting it is how it ends.
    stream.on('error', () => resolve());
    createInterface({ input: stream })
      .on('error', () => resolve())
      .on('line', (line) => {
        const event = eventSchema.parse(JSON.parse(line));
        const service = event.Actor.Attributes['com.docker.compose.service'] ?? '';
        events.push({ service, action: event.Action });
        if (last.every((one) => events.some((other) => isSame(one, other)))) resolve();
      });
  });
  try {
    await act();
    await complete;
  } finally {
    stop.abort();
  }
  return events;
}

const isSame = (one: ProjectEvent, other: ProjectEvent): boolean =>
  one.service === other.service && one.action === other.action;

const eventSchema = z.object({
  Action: z.string(),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()) }),
});

/** Containers, volumes and networks of a project, and the external networks that begin with its name. */
export async function removeProject(project: string): Promise<void> {
  const filters = { label: [`com.docker.compose.project=${project}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await docker.getContainer(Id).remove({ force: true, v: true });
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes)
    await docker.getVolume(Name).remove();
  for (const { Id, Name } of await docker.listNetworks({ filters: { name: [project] } }))
    if (Name.startsWith(project)) await docker.getNetwork(Id).remove();
}

export const inspectNetwork = (name: string) => docker.getNetwork(name).inspect();
