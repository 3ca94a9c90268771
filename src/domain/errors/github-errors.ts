/** What GitHub answers Siskin's own requests. */
export const githubErrors = {
  GITHUB_UNREACHABLE: {
    meaning: 'GitHub did not answer in time, or answered that something is wrong on its side.',
    hint: 'See its status page and github.apiUrl in siskin.yaml; what is to be told there is told when it answers.',
  },
  GITHUB_RATE_LIMITED: {
    meaning: 'GitHub takes no more requests of this token or App for a while.',
    hint: 'Siskin waits as long as GitHub asks for. If it happens often, give Siskin a token or an App of its own.',
  },
  GITHUB_TOKEN_REFUSED: {
    meaning:
      'GitHub does not accept the token or the key of the App: revoked, expired, or not one of this GitHub.',
    hint: 'Make a new one and put it into siskin.yaml (github.token, github.app); docs/guides/github.md tells which permissions it needs.',
  },
  GITHUB_PERMISSION_MISSING: {
    meaning: 'The token or App may not do this with the repository, or may not see the repository at all.',
    hint: 'Give it the permission that the message names, for this repository; docs/guides/github.md lists all four.',
  },
  GITHUB_REFUSED: {
    meaning: 'GitHub refused the request as it was; to repeat it helps nothing.',
    hint: "Read GitHub's own words in the message.",
  },
  GITHUB_ANSWER_INVALID: {
    meaning: 'What answered at github.apiUrl does not speak the API of GitHub.',
    hint: 'Look at github.apiUrl: https://api.github.com, or https://HOST/api/v3 for GitHub Enterprise Server. A proxy may stand between.',
  },
  GITHUB_NOT_CONFIGURED: {
    meaning: 'siskin.yaml lacks what this needs to know of GitHub.',
    hint: 'docs/guides/github.md shows what to write under github and server.',
  },
  GITHUB_NOT_THERE: {
    meaning: 'The repository of the app is not on the GitHub that github.apiUrl names.',
    hint: 'Only repositories on that host can have webhooks, deployments and statuses there; see `repo` and github.apiUrl in siskin.yaml.',
  },
  WEBHOOK_MISSING: {
    meaning: 'The repository has no webhook that leads to this Siskin.',
    hint: '`siskin webhook register APP` makes one.',
  },
  WEBHOOK_NOT_ANSWERED: {
    meaning: 'A delivery did not get the answer that it should.',
    hint: 'The message tells what GitHub got. `siskin webhook list APP` shows the last deliveries, docs/guides/github.md the usual reasons.',
  },
} as const;
