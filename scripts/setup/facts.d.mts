import type { SystemFacts } from './plan.mjs';

export function systemFacts(platform: string, osRelease: string): Omit<SystemFacts, 'dockerCli'>;
export function nodeSupported(version: string): boolean;
