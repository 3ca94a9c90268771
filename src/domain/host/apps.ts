import { exampleTraits } from './answers.ts';
import { openFile, type Producer } from './plan.ts';

/** The Compose file of each app, to be put into its repository: Siskin reads it there at every push. */
export const appFiles: Producer = ({ apps, example }) => {
  const { order, files } = exampleTraits[example];
  return {
    files: apps.map(({ app, replicas, memoryBytes }) =>
      openFile(appComposeFile(app), 'host/apps/docker-compose.yml.eta', {
        app,
        port: appPort,
        replicas,
        memory: `${memoryBytes / 2 ** 20}M`,
        reservation: `${Math.round(memoryBytes / 2 ** 21)}M`,
        order,
        files,
      }),
    ),
  };
};

/** Relative to the folder. */
export const appComposeFile = (app: string): string => `apps/${app}/docker-compose.yml`;

/** What it listens on, in its file and on the second machine. */
export const appPort = 3000;

/** The service of it that Siskin rolls. */
export const appService = 'web';
