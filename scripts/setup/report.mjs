/** One line per thing: `installed  docker.io haproxy  12.3 s`. */
export function line(verb, what, detail = '', ms) {
  const seconds = ms === undefined ? '' : `${(ms / 1000).toFixed(1)} s`;
  const cells = [verb.padEnd(10), what.padEnd(22), detail, seconds].filter((cell) => cell !== '');
  process.stdout.write(`${cells.join(' ').trimEnd()}\n`);
}

export function printFound(found, quiet) {
  if (quiet) return;
  for (const { what, detail } of found) line('found', what, detail);
}

export function printProblems(problems) {
  for (const { what, remedy } of problems)
    process.stderr.write(`problem    ${what}\n           → ${remedy}\n`);
  process.stderr.write('Nothing was changed. Run this again when that is done.\n');
}

const todo = {
  install: (action) => ['packages', action.packages.join(' ')],
  'start-engine': (action) => ['docker engine', `start by ${action.by[0]}`],
  'npm-ci': (action) => ['node_modules', `npm ci (${action.why})`],
  'base-image': (action) => [action.image, 'pull or make'],
  build: (action) => ['dist', `npm run build (${action.why})`],
};

export function printTodo(actions) {
  for (const action of actions) line('to do', ...todo[action.kind](action));
}

/** What an action is called in its line. */
export const titleOf = (action) => todo[action.kind](action)[0];
