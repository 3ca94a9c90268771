/** The router, the metrics behind the verdict, and the programs that Siskin starts. */
export const routerErrors = {
  ROUTER_REFUSED: {
    meaning: 'The router refused a change; what it served before goes on.',
    hint: 'Read its words in the message: mostly a route in siskin.yaml that is not a plain host and path.',
  },
  ROUTER_PORT_TAKEN: {
    meaning:
      'Another program listens where the router is to listen; two HAProxies would share the requests without a word.',
    hint: 'Stop that program (`ss -ltnp` names it), or change router.listen in siskin.yaml.',
  },
  ROUTER_FILE_UNWRITABLE: {
    meaning: "The router's configuration could not be written; the file from before is intact.",
    hint: 'Make room on the disk or mend the permissions of dataDir; the change is tried again.',
  },
  METRICS_UNAVAILABLE: {
    meaning: 'Prometheus could not answer what the verdict needs to know.',
    hint: 'See Prometheus in `siskin doctor`; the canary waits, and onNoMetrics decides when that lasts.',
  },
  PROGRAM_NOT_READY: {
    meaning: 'A program that Siskin started did not become ready in time.',
    hint: 'Its last lines are in the message; often its port is taken or its data directory not writable.',
  },
} as const;
