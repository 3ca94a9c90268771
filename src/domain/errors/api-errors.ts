/** The HTTP API and the CLI that calls it. */
export const apiErrors = {
  NOT_FOUND: { meaning: 'There is no such thing.', hint: 'See `siskin apps` and `siskin history`.' },
  TOKEN_MISSING: {
    meaning: 'The request has no valid bearer token.',
    hint: 'Send `Authorization: Bearer TOKEN`; tokens stand, hashed, under api.tokens in siskin.yaml.',
  },
  ROLE_TOO_LOW: {
    meaning: "The token's role may not do this.",
    hint: 'viewer reads, deployer deploys, admin does everything: use a token with the role that the message names.',
  },
  CROSS_SITE_REFUSED: {
    meaning: 'A page of another site sent a request that changes something.',
    hint: 'Call the API from the command line or from its own origin.',
  },
  REQUEST_INVALID: {
    meaning: 'A parameter or a field of the body is not right.',
    hint: 'GET /api/v1/openapi.json describes every parameter and body.',
  },
  DEPLOYMENT_ENDED: {
    meaning: 'The deployment has ended and does not change any more.',
    hint: 'See `siskin show ID`; start another with `siskin deploy` or `siskin rollback`.',
  },
  TRANSITION_REFUSED: {
    meaning: 'A deployment was to enter a state that may not follow the one it is in.',
    hint: 'This is a mistake in Siskin: please report it with the output of `siskin show ID --json`.',
  },
  NOTHING_RUNNING: {
    meaning: 'No deployment of this environment is running.',
    hint: 'See `siskin status`.',
  },
  NO_PREVIOUS_RELEASE: {
    meaning: 'There is no earlier release to go back to.',
    hint: 'See `siskin history`; name a release: `siskin rollback APP ENV r3`.',
  },
  INTERNAL: {
    meaning: 'Something went wrong inside Siskin.',
    hint: 'The log has the details under the request id that the message names.',
  },
} as const;
