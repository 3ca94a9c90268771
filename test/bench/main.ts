import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import type { Bench, BenchResult } from './bench.ts';
import { bounds } from './bounds.ts';
import { comparison } from './comparison.ts';
import { parseCommandLine } from './options.ts';
import { receiver } from './receiver.ts';
import { release } from './release.ts';
import { tableText } from './table.ts';
import { verdict } from './verdict.ts';

const benches: Record<string, Bench> = { receiver, release, verdict, comparison, bounds };

/** `npm run bench -- [NAME…] [--quick] [--json FILE]`: prints tables. Fails when something failed, never for being slow. */
async function main(): Promise<void> {
  const { names, quick, json, help } = parseCommandLine(process.argv.slice(2), Object.keys(benches));
  if (help) return print(usage());
  const results: Record<string, BenchResult> = {};
  for (const [name, bench] of Object.entries(benches)) {
    if (!names.includes(name)) continue;
    print(`== ${name}: ${bench.about}\n   load average before it ${loadText()}\n`);
    results[name] = await run(bench, quick);
    for (const table of results[name].tables) print(tableText(table));
    for (const failure of results[name].failures) print(`FAILED: ${failure}\n`);
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report(results, quick), null, 2)}\n`);
  if (Object.values(results).some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

async function run(bench: Bench, quick: boolean): Promise<BenchResult> {
  try {
    return await bench.run({ quick, note: (line) => process.stderr.write(`   ${line}\n`) });
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { tables: [], figures: {}, failures: [words] };
  }
}

const report = (results: Record<string, BenchResult>, quick: boolean) => ({
  at: new Date().toISOString(),
  node: process.version,
  cpus: cpus().length,
  loadAverageAfter: loadavg()[0],
  quick,
  benches: Object.fromEntries(
    Object.entries(results).map(([name, { figures, failures }]) => [name, { ...figures, failures }]),
  ),
});

const usage = () =>
  [
    'npm run bench -- [NAME…] [--quick] [--json FILE]',
    '',
    ...Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(12)}${about}`),
    '',
  ].join('\n');

/** What the machine did otherwise in the minute before: above half its processors, times say little. */
const loadText = (): string => `${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} processors`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
