/** Secrets at rest and on their way into containers. */
export const secretErrors = {
  SECRET_MISSING: {
    meaning: 'siskin.yaml gives an environment a secret that is not set.',
    hint: 'Set it with the named command, which reads the value from standard input; then deploy again.',
  },
  SECRET_VALUE_REFUSED: {
    meaning: 'A value cannot be kept as a secret.',
    hint: 'A value has 1 to 65,536 bytes of UTF-8 text without NUL.',
  },
  SECRETS_FILE_INVALID: {
    meaning: 'A line of a file of secrets to import cannot be read.',
    hint: 'Every line is NAME=value, a comment that begins with #, or empty.',
  },
  SECRETS_IDENTITY_MISSING: {
    meaning: 'The identity that opens the secrets is not there.',
    hint: '`siskin secrets keygen` makes one; where secrets were kept before, bring the old identity back from its safe place.',
  },
  SECRETS_IDENTITY_UNUSABLE: {
    meaning: 'The identity file is no age identity, or others than its owner may read it.',
    hint: "It holds one line AGE-SECRET-KEY-1… and is readable by Siskin's user alone: `chmod 600 FILE`.",
  },
  SECRETS_UNREADABLE: {
    meaning:
      'A file of secrets cannot be opened: it is another identity’s, damaged, or another environment’s.',
    hint: 'Name the identity it was made with (`secrets.identityFile`), or restore the file; else remove it and set its secrets again.',
  },
  SECRETS_BUSY: {
    meaning: 'Another command is changing the same file of secrets.',
    hint: 'Run the command again when the other has ended.',
  },
  SECRETS_NO_MEMORY_FOLDER: {
    meaning: 'There is no folder in memory for the secrets that containers get as files.',
    hint: "Set `secrets.runDir` in siskin.yaml to a folder on a tmpfs of the Docker engine's host, at the same path for Siskin and the engine.",
  },
} as const;
