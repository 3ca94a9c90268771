/**
 * Prints vitest's totals as one line, `N passed, N failed`, from its JSON report (the first argument).
 * A test file that could not even be loaded counts as one failure. Exits 1 without a report, or with a failure.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

const report = readReport(process.argv[2]);
if (report === null) {
  process.stderr.write('no test ran: see what failed above\n');
  process.exitCode = 1;
} else {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  process.stdout.write(`${report.numPassedTests} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && report.numPassedTests > 0 ? 0 : 1;
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null; // vitest did not get as far as to write it
  }
}
