/** Mistakes in siskin.yaml and in a repository's Compose file. */
export const configErrors = {
  CONFIG_INVALID: {
    meaning: 'siskin.yaml has a key or value that is not right.',
    hint: 'Mend the named line; `siskin config check` tells all mistakes at once.',
  },
  CONFIG_MISSING: {
    meaning: 'There is no siskin.yaml where Siskin looked for it.',
    hint: 'Name it with `--config FILE` or SISKIN_CONFIG, or write one: docs/reference/siskin-yaml.md has an example.',
  },
  CONFIG_UNREADABLE: {
    meaning: 'A file of the configuration is there but cannot be read.',
    hint: 'It must be a regular file of at most 256 KB that the user Siskin runs as may read.',
  },
  COMPOSE_INVALID: {
    meaning:
      "The Compose file of the app's repository has a key or value that is not right, or that Siskin may not honour.",
    hint: 'Mend the named lines and push again; docs/reference/compose.md lists every key.',
  },
  ENV_FILE_INVALID: {
    meaning: "A line of an environment's envFile cannot be read.",
    hint: 'Every line is NAME=value, a comment that begins with #, or empty.',
  },
  KEY_FILE_EXPOSED: {
    meaning: 'A file that holds a key can be read by other users, or changed by its group.',
    hint: 'Take those rights away with chmod 600; if others could read it, make a new key.',
  },
  KEY_FILE_INVALID: {
    meaning: 'A file that should hold a private key holds none of the right kind.',
    hint: 'Use the file as GitHub gave it for download: PEM, beginning with a BEGIN line.',
  },
} as const;
