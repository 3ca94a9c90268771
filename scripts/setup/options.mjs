export const usage = `Usage: node scripts/setup.mjs [options]

Installs and starts what Siskin needs and does not find: Docker, redis-server, haproxy, prometheus, git (apt, as
root or with passwordless sudo), a Docker engine, node_modules, base images, dist. Does nothing that is done already.

  --check      only report; exit 1 when something is missing
  --no-build   leave dist as it is
  --tests      also what the test suites need (docker-compose, sshd, openssl, nginx, certbot, pebble, amtool, exporters); implied by \`npm test\`
  --quiet      only tell what changed
  --help       this text

Example: npm run setup -- --check
`;

const flags = {
  '--check': 'check',
  '--no-build': 'noBuild',
  '--tests': 'tests',
  '--quiet': 'quiet',
  '--help': 'help',
  '-h': 'help',
};

/** @throws Error naming an option that does not exist */
export function parseOptions(args, env) {
  const options = {
    check: false,
    noBuild: false,
    tests: env.npm_lifecycle_event === 'test',
    quiet: false,
    help: false,
  };
  for (const arg of args) {
    const name = flags[arg];
    if (name === undefined) throw new Error(`unknown option ${arg}\n\n${usage}`);
    options[name] = true;
  }
  return options;
}
