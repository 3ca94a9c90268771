import type { SiskinConfig } from '../src/config/siskin-config.ts';
import type { NoticeChannel } from '../src/pipeline/notify/ports.ts';
import { githubChannel, openGithub } from './github.ts';

/** Where people watch, as siskin.yaml says. @throws SiskinError of a key file; see openGithub */
export async function noticeChannels(config: SiskinConfig): Promise<NoticeChannel[]> {
  const github = githubChannel(config, await openGithub(config));
  return github ? [github] : [];
}
