#!/usr/bin/env node
/**
 * Makes this machine able to run Siskin from a fresh clone: system programs, a Docker engine, node_modules,
 * base images, dist. Node's builtins only, for it runs before `npm ci`. Looks first (facts), decides
 * (plan, pure), then acts (apply).
 */
import { apply } from './setup/apply.mjs';
import { gatherFacts } from './setup/facts.mjs';
import { parseOptions, usage } from './setup/options.mjs';
import { plan } from './setup/plan.mjs';
import { printFound, printProblems, printTodo } from './setup/report.mjs';

async function main() {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const facts = await gatherFacts(options);
  const { found, actions, problems } = plan(facts, options);
  printFound(found, options.quiet);
  if (problems.length > 0) {
    printProblems(problems);
    return 1;
  }
  if (options.check) {
    printTodo(actions);
    return actions.length === 0 ? 0 : 1;
  }
  await apply(actions, facts);
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`setup: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  },
);
