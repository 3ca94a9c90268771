import type { SiskinConfig } from '../src/config/siskin-config.ts';
import type { NoticeChannel } from '../src/pipeline/notify/ports.ts';

/** Where people watch, as siskin.yaml says. */
export const noticeChannels = (_config: SiskinConfig): NoticeChannel[] => [];
