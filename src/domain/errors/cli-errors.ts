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
  DEPLOYMENT_NOT_SUCCEEDED: {
    meaning: 'The deployment that the command waited for ended, but did not succeed.',
    hint: 'See `siskin show ID` and `siskin logs ID` for what happened.',
  },
  CHECKS_FAILED: {
    meaning: '`siskin doctor` found something that keeps Siskin from working.',
    hint: 'Each line that says `fail` names what to do; run `siskin doctor` again after it.',
  },
} as const;
