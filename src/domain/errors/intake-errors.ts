/** Answers of the webhook receiver. */
export const intakeErrors = {
  SIGNATURE_INVALID: {
    meaning: 'The X-Hub-Signature-256 header is missing or does not match the body.',
    hint: "Make the webhook's secret on GitHub and github.webhookSecret in siskin.yaml the same.",
  },
  TOO_MANY_BAD_SIGNATURES: {
    meaning: 'This address sent too many requests with a bad signature in the last minute.',
    hint: 'Correct the secret of the webhook; requests with a good signature are still answered.',
  },
  WEBHOOK_MALFORMED: {
    meaning: 'The request is signed rightly but is not a webhook as GitHub sends it.',
    hint: 'Let GitHub send it: content type application/json or form, with its own headers.',
  },
  SLACK_SIGNATURE_INVALID: {
    meaning:
      'A request to /webhooks/slack was not signed with the signing secret, or more than 5 minutes ago.',
    hint: "Make slack.signingSecret the one of “Basic Information” on the app's page, and let the machine's clock be set by NTP.",
  },
  SLACK_REPLAYED: {
    meaning: 'A request that Slack had sent before came again.',
    hint: 'Nothing was done now. Look at who can read the traffic between Slack and Siskin.',
  },
  SLACK_MALFORMED: {
    meaning: 'The request is signed rightly but is neither a pressed button nor a slash command.',
    hint: 'Let the app send interactivity and slash commands only to /webhooks/slack; see docs/guides/slack.md.',
  },
  BODY_TOO_LARGE: {
    meaning: 'The body is larger than this address reads.',
    hint: 'GitHub never sends more than 25 MB; API bodies hold at most 64 KB.',
  },
  BODY_ENCODING_REFUSED: {
    meaning: 'The body is compressed.',
    hint: 'Send it without Content-Encoding.',
  },
  BODY_TIMED_OUT: {
    meaning: 'The body did not arrive within the time-out.',
    hint: 'Send it again; look at the network between the sender and Siskin if it happens often.',
  },
  RECEIVER_BUSY: {
    meaning: 'Too many large bodies are being received at once.',
    hint: 'Send it again after the seconds that Retry-After names.',
  },
  STORE_UNAVAILABLE: {
    meaning: 'Redis does not answer, or cannot write.',
    hint: 'Nothing was recorded. See Redis in `siskin doctor`, then redeliver the webhook or repeat the command.',
  },
} as const;
