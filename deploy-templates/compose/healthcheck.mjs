/** The image's HEALTHCHECK: exit 0 when /healthz answers 200. The slim image has no curl. */
import process from 'node:process';

const url = process.env.SISKIN_HEALTH_URL ?? 'http://127.0.0.1:8080/healthz';

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000), redirect: 'error' });
  console.log(`${url} answered ${answer.status}`);
  process.exitCode = answer.status === 200 ? 0 : 1;
} catch (error) {
  console.log(`${url}: ${error.message}`);
  process.exitCode = 1;
}
