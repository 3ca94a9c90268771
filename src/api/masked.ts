import { type Mask, maskedDeployment, maskedEntry } from '../domain/masked.ts';
import type { ApiDependencies, FollowedEvent, History } from './ports.ts';

/** What the API tells, without secrets: records of before may hold what became one later. */
export function maskedHistory(history: History, mask: Mask): History {
  return {
    list: async (filter) => (await history.list(filter)).map((one) => maskedDeployment(one, mask)),
    get: async (id) => {
      const found = await history.get(id);
      return (
        found && {
          deployment: maskedDeployment(found.deployment, mask),
          journal: found.journal.map((entry) => maskedEntry(entry, mask)),
        }
      );
    },
    environment: (key) => history.environment(key),
    releaseState: (key, release) => history.releaseState(key, release),
    releases: (key) => history.releases(key),
    addCommand: (id, command, audit) => history.addCommand(id, command, audit),
    freeze: (key, freeze, audit) => history.freeze(key, freeze, audit),
    unfreeze: (key, audit) => history.unfreeze(key, audit),
  };
}

/** The same for journal and log as they come. */
export const maskedFollow = (follow: ApiDependencies['follow'], mask: Mask): ApiDependencies['follow'] =>
  async function* (id, cursor, signal) {
    for await (const event of follow(id, cursor, signal)) yield maskedEvent(event, mask);
  };

function maskedEvent(event: FollowedEvent, mask: Mask): FollowedEvent {
  switch (event.kind) {
    case 'journal':
      return { ...event, entry: maskedEntry(event.entry, mask) };
    case 'log':
      return { ...event, line: mask(event.line) };
    case 'end':
      return { ...event, deployment: maskedDeployment(event.deployment, mask) };
  }
}
