import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createLogger, mask } from '../../../src/observability/logger.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';

describe('the logger', () => {
  it('threat 24: writes no secret, by its key or by its value, wherever it stands', async () => {
    const destination = new PassThrough();
    const log = createLogger({ secrets: ['pl"anted-1'], destination });
    log.info({ token: 'by-key-1', github: { webhookSecret: 'by-key-2' } }, 'said pl"anted-1 aloud');
    log.error({ error: new Error('pl"anted-1').message, url: 'https://x/pl%22anted-1' }, 'failed');
    destination.end();
    const lines = (await text(destination)).trim().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toMatch(/by-key|anted-1/);
      expect(JSON.parse(line)).toHaveProperty('time');
    }
    expect(lines[0]).toContain('said *** aloud');
  });
});

describe('mask', () => {
  it('replaces the longest first and leaves what is too short to be a secret', () => {
    expect(mask(['secret', 'secret-longer', 'abc'])('secret-longer secret abc')).toBe('*** *** abc');
    expect(mask([])('x')).toBe('x');
    expect(mask(['secret'])(Buffer.from('secret').toString('base64'))).toBe('***');
  });
});

describe('the metrics', () => {
  it('counts answers and outcomes and reads the queue', async () => {
    const depth = { waiting: 3, delayed: 0, active: 1 };
    const metrics = createMetrics({ queueDepth: () => Promise.resolve(depth) });
    metrics.countWebhookAnswer(202);
    metrics.countWebhookAnswer(202);
    metrics.countDeployment('shop', 'production', 'succeeded');
    const exposed = await metrics.registry.metrics();
    expect(exposed).toContain('siskin_webhook_answers_total{status="202"} 2');
    expect(exposed).toContain(
      'siskin_deployments_total{app="shop",environment="production",outcome="succeeded"} 1',
    );
    expect(exposed).toContain('siskin_queue_depth{state="waiting"} 3');
  });

  it('leaves the queue out while Redis does not answer', async () => {
    const metrics = createMetrics({ queueDepth: () => Promise.reject(new Error('away')) });
    const exposed = await metrics.registry.metrics();
    expect(exposed).toContain('siskin_webhook_answers_total');
    expect(exposed).not.toContain('siskin_queue_depth{');
  });
});
