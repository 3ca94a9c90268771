import type { RedisHistory } from '../src/adapters/redis/history.ts';
import type { EnvironmentConfig, SiskinConfig } from '../src/config/siskin-config.ts';
import { noticeOf } from '../src/domain/notice/notice.ts';
import type { NoticeSource } from '../src/pipeline/notify/ports.ts';

/** Lines of the log that people are shown of a deployment that ended badly. */
const logTailLines = 30;

/** Reads what is so of a deployment now, from the records and siskin.yaml. */
export function noticeSource(config: SiskinConfig, history: RedisHistory): NoticeSource {
  return {
    notice: async (id) => {
      const found = await history.get(id);
      if (!found) return null;
      const { deployment, journal } = found;
      const app = config.apps.find((one) => one.app === deployment.app);
      const environment = app?.environments.find((one) => one.environment === deployment.environment);
      if (!app || !environment) return null;
      const [standing, people, logTail] = await Promise.all([
        history.environment(deployment),
        history.people(id),
        history.logTail(id, logTailLines),
      ]);
      return noticeOf({
        deployment,
        journal,
        people,
        standing,
        frozen: standing.frozen,
        repository: withoutUser(app.repository),
        environmentUrl: urlOf(environment),
        logTail,
      });
    },
  };
}

/** An operator may have written a token into an https address. */
const withoutUser = (repository: string): string => repository.replace(/^(https?:\/\/)[^/@]*@/, '$1');

/** The first route. Who terminates TLS before the router knows better, and the browser is sent there. */
const urlOf = ({ routes: [first] }: EnvironmentConfig): string | null =>
  first ? `http://${first.host}${first.path}` : null;
