import { type Mask, maskedDeployment, maskedEntry } from '../domain/masked.ts';
import type { DeploymentStore } from './ports.ts';

/** The same store, in whose sentences and log lines no secret is ever written: what an app or a build prints ends there. */
export function maskedStore(store: DeploymentStore, mask: Mask): DeploymentStore {
  const masked: Pick<DeploymentStore, 'log' | 'update' | 'append' | 'freeze'> = {
    log: (id, lines) => store.log(id, lines.map(mask)),
    update: (lease, id, change) => store.update(lease, id, maskedDeployment(change, mask)),
    append: (lease, id, entries) => {
      const plain = entries.map((entry) => maskedEntry(entry, mask));
      return store.append(lease, id, plain);
    },
    freeze: (lease, key, freeze) => store.freeze(lease, key, { ...freeze, reason: mask(freeze.reason) }),
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (Object.hasOwn(masked, name)) return masked[name as keyof typeof masked];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
