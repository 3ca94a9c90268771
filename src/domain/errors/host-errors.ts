/** The machine Siskin runs on. */
export const hostErrors = {
  PROGRAM_MISSING: {
    meaning: 'A program that Siskin starts is not installed.',
    hint: '`npm run setup` installs it on Debian; elsewhere install it with your package manager.',
  },
  ANOTHER_INSTANCE: {
    meaning: 'A Siskin already works on this data directory.',
    hint: 'Use the one that runs, stop it first, or give this one a dataDir of its own.',
  },
  DEMO_WENT_OTHERWISE: {
    meaning: 'A release of the demo ended otherwise than it should.',
    hint: 'The lines above say how; a loaded machine can be the reason. Run it again, and report it if it stays.',
  },
} as const;
