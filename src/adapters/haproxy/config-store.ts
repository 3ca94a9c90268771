import { createHash } from 'node:crypto';
import { checkConfig } from './check-config.ts';
import { renderConfig } from './render-config.ts';
import type { RouterOptions, RouterState } from './router-config.ts';
import { type RememberedState, readFileIfThere, readState, replaceFile } from './state-file.ts';

/** haproxy.cfg and the state it comes from, side by side on disk; both are replaced whole. */
export class ConfigStore {
  readonly #configFile: string;
  readonly #stateFile: string;
  readonly #binary: string | null;
  readonly #options: RouterOptions;

  constructor(configFile: string, binary: string | null, options: RouterOptions) {
    this.#configFile = configFile;
    this.#stateFile = `${configFile}.state.json`;
    this.#binary = binary;
    this.#options = options;
  }

  read(): Promise<RememberedState | null> {
    return readState(this.#stateFile);
  }

  configText(): Promise<string | null> {
    return readFileIfThere(this.#configFile);
  }

  /** What only a reload can change, as a hash: everything but the servers. */
  structureOf(state: RouterState): string {
    return hashOf(renderConfig({ routes: state.routes, servers: {} }, this.#options));
  }

  /** The same of the file that is there, which HAProxy starts from; null when there is none. */
  async structureOnDisk(): Promise<string | null> {
    const text = await this.configText();
    if (text === null) return null;
    const withoutServers = text.split('\n').filter((line) => !line.startsWith('  server '));
    return hashOf(withoutServers.join('\n'));
  }

  /**
   * Brings both files up to date; files that already are stay untouched.
   * @param checked lets HAProxy read the candidate first; wanted for everything but servers it has already accepted
   */
  async write(state: RememberedState, options: { checked: boolean }): Promise<void> {
    await this.writeConfig(state, options);
    await this.writeState(state);
  }

  writeConfig(state: RouterState, options: { checked: boolean }): Promise<void> {
    return this.writeConfigText(renderConfig(state, this.#options), options);
  }

  async writeState(state: RememberedState): Promise<void> {
    const json = `${JSON.stringify(state, null, 2)}\n`;
    if (json !== (await readFileIfThere(this.#stateFile))) await replaceFile(this.#stateFile, json);
  }

  async writeConfigText(text: string, { checked }: { checked: boolean }): Promise<void> {
    if (text === (await this.configText())) return;
    const binary = this.#binary;
    const approve = checked && binary !== null ? (file: string) => checkConfig(binary, file) : undefined;
    await replaceFile(this.#configFile, text, approve);
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
