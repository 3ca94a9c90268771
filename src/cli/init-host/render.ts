import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { groupOf, type RenderedFile, textOf } from '../../adapters/host/write-folder.ts';
import { frontFiles } from '../../adapters/templates/front-files.ts';
import { readTemplate, renderTemplate } from '../../adapters/templates/render-template.ts';
import { parseEnvFile } from '../../config/env-file.ts';
import { type FrontFile, type HostFile, type HostPlan, secretsOf } from '../../domain/host/plan.ts';
import { secretPlaces } from '../../domain/host/secrets.ts';

/** What only this machine knows. */
export interface MachineFacts {
  /** Of the engine's socket. */
  dockerGid: number;
  siskinVersion: string;
}

export const engineSocket = '/var/run/docker.sock';

/** Debian's number of the group docker, where there is no socket yet. */
const usualDockerGid = 999;

export const machineFacts = async (siskinVersion: string): Promise<MachineFacts> => ({
  dockerGid: (await groupOf(engineSocket)) ?? usualDockerGid,
  siskinVersion,
});

/** Every file with its text. @param secrets by name; see secretsFor */
export const renderPlan = (
  { files }: HostPlan,
  secrets: Readonly<Record<string, string>>,
  machine: MachineFacts,
): Promise<RenderedFile[]> =>
  Promise.all(
    files.map(async (file) => ({
      path: file.path,
      mode: file.mode,
      text: await textFor(file, secrets, machine),
    })),
  );

async function textFor(
  file: HostFile,
  secrets: Readonly<Record<string, string>>,
  machine: MachineFacts,
): Promise<string> {
  if ('text' in file) return file.text;
  if ('front' in file) return frontText(file);
  if (!file.template.endsWith('.eta')) return readTemplate(file.template);
  // A file gets no secret but those that its plan names.
  const own = Object.fromEntries(file.secrets.map((name) => [name, secrets[name]]));
  const sha256 = (name: string): string =>
    createHash('sha256')
      .update(own[name] ?? '')
      .digest('hex');
  return renderTemplate(file.template, { ...file.values, secrets: own, sha256, machine });
}

async function frontText({ front, name }: FrontFile): Promise<string> {
  const { files } = await frontFiles(front);
  const found = files.find(({ path }) => path === name);
  if (found === undefined) throw new Error(`the front has no file ${name}`);
  return found.text;
}

/** Those that the folder has already, and new ones of 32 random bytes for the others. */
export async function secretsFor({ files }: HostPlan, folder: string): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const name of new Set(files.flatMap(secretsOf)))
    secrets[name] = (await secretInUse(name, folder)) ?? randomBytes(32).toString('hex');
  return secrets;
}

/** What `--dry-run` shows in their place. */
export const hiddenSecrets = ({ files }: HostPlan): Record<string, string> =>
  Object.fromEntries(files.flatMap(secretsOf).map((name) => [name, `<64 random hex digits: ${name}>`]));

async function secretInUse(name: string, folder: string): Promise<string | undefined> {
  const place = secretPlaces[name];
  if (place === undefined) return undefined;
  const file = join(folder, place.file);
  const text = await textOf(file);
  if (text === null) return undefined;
  return (place.variable === null ? text.trim() : parseEnvFile(text, file)[place.variable]) || undefined;
}
