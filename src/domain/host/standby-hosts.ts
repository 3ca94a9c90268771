import type { HostAnswers, Standby } from './answers.ts';

/** The domains that lead to the second machine while it stands in: those of its app. */
export const standbyHosts = ({ apps }: Pick<HostAnswers, 'apps'>, standby: Standby): string[] =>
  apps
    .filter(({ app }) => app === standby.app)
    .flatMap(({ environments }) => environments.flatMap(({ hosts }) => hosts));
