import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askProgram, type ProgramAnswer } from '../../adapters/host/ask-program.ts';

/**
 * Lets nginx read the folder of the front's configuration as it is, but for what is the container's: `nginx -t` opens its pid
 * file, makes folders for temporary files and binds its ports, which is for a port that is in use no mistake.
 */
export async function frontAnswer(folder: string, path: string | undefined): Promise<ProgramAnswer> {
  const scratch = await mkdtemp(join(tmpdir(), 'siskin-front-'));
  try {
    await cp(folder, scratch, { recursive: true });
    for (const file of await confFiles(scratch)) {
      const text = await readFile(file, 'utf8');
      await writeFile(file, outsideContainer(text, scratch));
    }
    const answer = await askProgram(
      'nginx',
      ['-t', '-q', '-e', 'stderr', '-c', join(scratch, 'nginx.conf')],
      path,
    );
    return { ...answer, words: answer.words.replaceAll(`${scratch}/`, '') };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function confFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** @param scratch takes the place of the container's /tmp */
const outsideContainer = (text: string, scratch: string): string =>
  text
    .replaceAll('"/tmp/', `"${scratch}/`)
    // What a program is started with here may be a socket, which nobody can open.
    .replaceAll('"/dev/stdout"', `"${scratch}/access.log"`)
    .replace(/^(\s*listen (?:\S+:)?)(\d{1,4})(?=[\s;])/gm, (_, before: string, port: string) =>
      Number(port) < 1024 ? `${before}${Number(port) + 20_000}` : `${before}${port}`,
    );
