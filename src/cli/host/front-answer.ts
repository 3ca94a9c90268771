import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { askProgram, type ProgramAnswer } from '../../adapters/host/ask-program.ts';
import { streamModule } from '../../adapters/nginx/stream-module.ts';
import { findProgram, standardSearchPath } from '../../adapters/process/find-program.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

/**
 * Lets nginx read the folder of the front's configuration as it is, but for what is the container's: `nginx -t` opens its pid
 * file, makes folders for temporary files and binds its ports, which is for a port that is in use no mistake; and what the
 * image has built in may be a module here.
 */
export async function frontAnswer(folder: string, path: string | undefined): Promise<ProgramAnswer> {
  const scratch = await mkdtemp(join(tmpdir(), 'siskin-front-'));
  try {
    await cp(folder, scratch, { recursive: true });
    const files = await confFiles(scratch);
    for (const file of files) {
      const text = await readFile(file, 'utf8');
      await writeFile(file, outsideContainer(text, scratch));
    }
    const module = files.includes(join(scratch, 'stream.conf')) ? await moduleHere(path) : null;
    const loaded = module === null ? [] : ['-g', `load_module "${module}";`];
    const answer = await askProgram(
      'nginx',
      ['-t', '-q', '-e', 'stderr', ...loaded, '-c', join(scratch, 'nginx.conf')],
      path,
    );
    return { ...answer, words: answer.words.replaceAll(`${scratch}/`, '') };
  } catch (error) {
    if (error instanceof SiskinError) return { outcome: 'missing', words: error.message };
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @throws SiskinError PROGRAM_MISSING, FRONT_STREAM_MISSING */
const moduleHere = async (path: string | undefined): Promise<string | null> =>
  streamModule(
    await findProgram('nginx', 'nginx', [
      ...(path ?? '').split(delimiter).filter(Boolean),
      ...standardSearchPath,
    ]),
  );

async function confFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** @param scratch takes the place of the container's /tmp */
const outsideContainer = (text: string, scratch: string): string =>
  text
    .replaceAll('"/tmp/', `"${scratch}/`)
    .replaceAll('"unix:/tmp/', `"unix:${scratch}/`)
    // What a program is started with here may be a socket, which nobody can open.
    .replaceAll('"/dev/stdout"', `"${scratch}/access.log"`)
    .replace(/^(\s*listen (?:\S+:)?)(\d{1,4})(?=[\s;])/gm, (_, before: string, port: string) =>
      Number(port) < 1024 ? `${before}${Number(port) + 20_000}` : `${before}${port}`,
    );
