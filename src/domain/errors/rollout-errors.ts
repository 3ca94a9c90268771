/** Replicas, router and verdict. */
export const rolloutErrors = {
  DOCKER_UNAVAILABLE: {
    meaning: 'The Docker engine does not answer.',
    hint: 'Start the engine; the deployment goes on by itself when it answers again.',
  },
  ROUTER_UNAVAILABLE: {
    meaning: 'The router does not answer on its admin socket.',
    hint: 'See the router in `siskin doctor`; the deployment goes on by itself when it answers again.',
  },
  STEP_TIMED_OUT: {
    meaning: 'A step of a rollout, or a look at engine and router, did not end in its time.',
    hint: 'It is tried again; see whether the Docker engine and the router answer (`siskin doctor`).',
  },
  LEASE_LOST: {
    meaning: 'Another worker has taken this environment over.',
    hint: 'Nothing to do: the other worker goes on with the deployment.',
  },
  REPLICA_START_FAILED: {
    meaning: 'The Docker engine refused to create or start a replica.',
    hint: "The sentence has the engine's words; mostly a missing volume, a bad user or command in the Compose file.",
  },
  HOOK_REFUSED: {
    meaning: 'The Docker engine refused to create or start the container of a hook.',
    hint: "The sentence has the engine's words; mostly the image does not have the program that x-siskin.hooks names.",
  },
  HOOK_FAILED: {
    meaning:
      'The command of `x-siskin.hooks.preDeploy` ended with an error, was killed, or took too long. No traffic moved.',
    hint: 'See `siskin logs` for what it printed; mend it and push again.',
  },
  ACCESSORY_FAILED: {
    meaning:
      'An accessory (a database, a cache) could not be brought up, or did not become healthy. No traffic moved.',
    hint: 'See `siskin logs` and `docker logs` of its container; mend its definition in the Compose file, then deploy again.',
  },
  COMPOSE_CLI_MISSING: {
    meaning:
      'siskin.yaml names accessories, and neither `docker compose` nor `docker-compose` is installed on the server.',
    hint: "Install the Compose plugin of Docker's packages, or Debian's package docker-compose.",
  },
  RELEASE_UNKNOWN: {
    meaning: 'The release is not on record, or its image is gone.',
    hint: 'See `siskin history` for the releases that are kept, or deploy the commit anew.',
  },
  ANALYSIS_REFUSED: {
    meaning: 'Prometheus does not take a query of `x-siskin.analysis`, or it gives more than one number.',
    hint: "Try the query in Prometheus' own page; sum(…) or max(…) around it makes one number of several.",
  },
} as const;
