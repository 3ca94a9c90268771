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
  RELEASE_UNKNOWN: {
    meaning: 'The release is not on record, or its image is gone.',
    hint: 'See `siskin history` for the releases that are kept, or deploy the commit anew.',
  },
  ANALYSIS_REFUSED: {
    meaning: 'Prometheus does not take a query of `x-siskin.analysis`, or it gives more than one number.',
    hint: "Try the query in Prometheus' own page; sum(…) or max(…) around it makes one number of several.",
  },
} as const;
