import process from 'node:process';
import { installPackages } from './apt.mjs';
import { ensureImage } from './base-image.mjs';
import { root } from './facts.mjs';
import { line, titleOf } from './report.mjs';
import { run } from './run.mjs';
import { startEngine } from './start-engine.mjs';

const minute = 60_000;

/** How each action of the plan is done. Each returns the verb and detail of its line. */
const executors = {
  install: async (action, facts) => ['installed', await installPackages(action.packages, facts)],
  'start-engine': async (action, facts) => startEngine(action.by, facts),
  'npm-ci': async () => {
    await run('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: root,
      env: plainNpm(),
      timeoutMs: 15 * minute,
    });
    return ['installed', 'npm ci'];
  },
  'base-image': async (action) => ensureImage(action),
  build: async () => {
    await run('npm', ['run', '--silent', 'build'], { cwd: root, timeoutMs: 10 * minute });
    return ['built', 'npm run build'];
  },
};

/** Does the actions in order, one line each. @throws Error of the first that fails; those after it are not begun */
export async function apply(actions, facts) {
  for (const action of actions) {
    const began = performance.now();
    const [verb, detail] = await executors[action.kind](action, facts);
    line(verb, titleOf(action), detail, performance.now() - began);
  }
}

/** npm inside npm: the outer script's name must not reach install scripts. */
function plainNpm() {
  const { npm_lifecycle_event: _event, npm_lifecycle_script: _script, ...env } = process.env;
  return env;
}
