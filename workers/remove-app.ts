import { connectDocker } from '../src/adapters/docker/connect.ts';
import { removeApp as removeFrom } from '../src/adapters/docker/remove-app.ts';

/** Removes what an app left on this machine's engine: containers, images, networks; by label, nothing else. */
export const removeApp = (app: string): Promise<void> => removeFrom(connectDocker(), app);
