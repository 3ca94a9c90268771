/** The folder of a host, which `siskin init host` writes and `siskin host` starts. */
export const bundleErrors = {
  HOST_ANSWERS_INVALID: {
    meaning: 'What a host is to be does not fit together; nothing was written.',
    hint: 'Each line names one mistake and the option that mends it; `siskin init host --help` lists them.',
  },
  HOST_PORT_IN_USE: {
    meaning: 'A port that the host is to listen at is in use on this machine; nothing was written.',
    hint: 'Stop what listens there, choose another port, or say --elsewhere when the folder is for another machine.',
  },
  HOST_SUBNET_TAKEN: {
    meaning:
      'Another network of the engine has addresses that a network of the host is to have; nothing was started.',
    hint: 'Remove that network if nobody needs it, or write the folder anew with `siskin init host FOLDER --force --front-subnet NETWORK`.',
  },
  HOST_MEMORY_SHORT: {
    meaning: 'All memory limits together are more than the machine has.',
    hint: 'Lower limits in the .env files or replicas in apps/, take a profile out of COMPOSE_PROFILES, or correct HOST_MEMORY.',
  },
  HOST_FOLDER_NOT_EMPTY: {
    meaning: 'The folder for a host has files in it; nothing was written.',
    hint: 'Choose an empty folder, or use --force: it writes what is missing, and keeps every file that was changed.',
  },
  HOST_FOLDER_MISSING: {
    meaning: 'The folder is not one that `siskin init host` wrote, or a file of it is gone.',
    hint: 'Name the folder with docker-compose.yml and .env in it; `siskin init host FOLDER --force` writes what is missing.',
  },
  HOST_FOLDER_INVALID: {
    meaning: "One of the folder's Compose files is not right, or has what Siskin cannot read.",
    hint: 'Each line names the file, line and key; `siskin host check FOLDER` looks again.',
  },
  HOST_FOLDER_UNWRITABLE: {
    meaning: 'The folder for a host cannot be written; nothing of it was left behind.',
    hint: 'Look at the rights of the folder above it and the free space, or choose another one.',
  },
  HOST_CHECK_FAILED: {
    meaning: 'A program refuses one of the files of a host.',
    hint: 'The lines above have its words; mend the file and run `siskin host check FOLDER`.',
  },
  HOST_UNFILLED: {
    meaning: 'A variable of the host still says CHANGE-ME; nothing was started.',
    hint: 'Write the value into the .env file that is named, then start again.',
  },
  HOST_NOT_HEALTHY: {
    meaning: 'A container of the host did not become healthy, so what comes after it was not started.',
    hint: 'Look at its log (`docker logs NAME`), mend it, and start again: what runs already is left alone.',
  },
  COMPOSE_FAILED: {
    meaning: 'The Compose command failed.',
    hint: 'Its words are in the message; `siskin host check FOLDER` tells whether the files are right.',
  },
} as const;
