import type { Executor } from './executor.ts';

export const addServer: Executor<'AddServer'> = async ({ world, backend, release }, { replica, address }) => {
  await world.router.addServer(backend, replica, address, release.spec.rollout.port);
  return [];
};

export const attach: Executor<'Attach'> = async ({ world, backend }, { replica, weight }) => {
  await world.router.enableServer(backend, replica, weight);
  return [{ type: 'replica-attached', replica }];
};

export const setShare: Executor<'SetShare'> = async ({ world, backend }, { weights }) => {
  await world.router.setWeights(backend, weights);
  return [];
};

export const drain: Executor<'Drain'> = async ({ world, backend }, { replica }) => {
  await world.router.drainServer(backend, replica);
  return [];
};

export const removeServer: Executor<'RemoveServer'> = async ({ world, backend }, { replica }) => {
  await world.router.removeServer(backend, replica);
  return [];
};
