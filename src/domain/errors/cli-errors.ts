/** What the command line itself can meet, before or instead of an answer of the server. */
export const cliErrors = {
  SERVER_UNREACHABLE: {
    meaning: 'No Siskin server answers at the address that the command line uses.',
    hint: 'Start it with `siskin up`, or name the right one with --url or SISKIN_URL.',
  },
  SERVER_ANSWER_INVALID: {
    meaning:
      'What answered does not speak the API of Siskin, or a version of it that this command does not know.',
    hint: 'Look at the address (--url, SISKIN_URL), and use the same version of Siskin on both sides.',
  },
  TOKEN_UNREADABLE: {
    meaning: 'The file that holds the API token cannot be read.',
    hint: 'Name one with --token-file, or set SISKIN_TOKEN; `siskin token new NAME` makes a token.',
  },
  ARGUMENT_INVALID: {
    meaning: 'An argument or option of the command is not right.',
    hint: 'See the command with --help.',
  },
  RETRY_RUNNING: {
    meaning: 'A deployment of this environment has not ended yet, so there is nothing to retry.',
    hint: 'Wait for it (`siskin logs ID -f`) or end it (`siskin cancel`).',
  },
  RETRY_NOT_NEEDED: {
    meaning: 'The newest deployment of this environment succeeded.',
    hint: 'Use --force to deploy the same again, or `siskin deploy` for the head of the branch.',
  },
  RETRY_NOTHING: {
    meaning: 'This environment was never deployed.',
    hint: 'Push to its branch, or use `siskin deploy`.',
  },
  RELEASE_AMBIGUOUS: {
    meaning: 'Several releases that are kept have a commit that begins so.',
    hint: 'Name one of them by its number, e.g. `siskin rollback APP ENV r12`.',
  },
  DEPLOYMENT_NOT_SUCCEEDED: {
    meaning: 'The deployment that the command waited for ended, but did not succeed.',
    hint: 'See `siskin show ID` and `siskin logs ID` for what happened.',
  },
  WAIT_INTERRUPTED: {
    meaning: 'The command was to wait for a deployment and was interrupted; the deployment itself goes on.',
    hint: 'Follow it with `siskin logs ID -f`, end it with `siskin cancel APP ENV`.',
  },
  AUDIT_UNWRITABLE: {
    meaning: 'What a command did on this machine could not be noted for the audit log.',
    hint: 'Run it as a user who may write into dataDir: the one that Siskin runs as, or root.',
  },
  CHECKS_FAILED: {
    meaning: '`siskin doctor` found something that keeps Siskin from working.',
    hint: 'Each line that says `fail` names what to do; run `siskin doctor` again after it.',
  },
} as const;
