/** The front: the nginx before the router. */
export const frontErrors = {
  FRONT_REFUSED: {
    meaning: 'nginx refused the configuration of the front; what it served before goes on.',
    hint: "Read nginx's words in the message: mostly a value of `front` or `access` in siskin.yaml.",
  },
  FRONT_STREAM_MISSING: {
    meaning:
      "The nginx of this machine has no stream module, which `front.forward` passes other hosts' names on with.",
    hint: 'Debian: sudo apt-get install libnginx-mod-stream (`npm run setup -- --tests` does). The official image of nginx has it built in.',
  },
  FRONT_NEEDS_RESTART: {
    meaning: 'siskin.yaml was to be read again for the front alone (SIGHUP), and differs in more than that.',
    hint: 'Restart Siskin, or take back those changes and send SIGHUP again.',
  },
  FRONT_NOT_KEPT: {
    meaning:
      'The front could be started neither by the siskin.yaml that was read again nor by the one before.',
    hint: 'nginx serves on, but nobody renews its certificates: mend what the message names, then send SIGHUP again or restart Siskin.',
  },
  FRONT_PORT_TAKEN: {
    meaning: 'Another program listens where the front is to listen.',
    hint: 'Stop that program (often an nginx or Apache of the distribution), or change the port in siskin.yaml.',
  },
  FRONT_UNREADABLE: {
    meaning: "nginx's workers cannot read what they are to serve.",
    hint: 'The workers run as front.user: that user needs to enter each folder on the way (chmod o+x), or choose another place.',
  },
  CERTIFICATE_INVALID: {
    meaning: 'A certificate and its key cannot be used by the front.',
    hint: 'Both must be PEM, belong together and be readable; the certificate served before stays.',
  },
  USERS_FILE_INVALID: {
    meaning: 'A file of users for basic authentication is not there or has a line that is not right.',
    hint: 'Each line is NAME:HASH; `openssl passwd -6` makes a hash, docs/guides/front.md shows the whole line.',
  },
} as const;
