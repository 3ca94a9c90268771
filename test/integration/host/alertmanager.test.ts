import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../support/free-port.ts';
import { renderMonitoring } from '../../support/monitoring-bundle.ts';

describe('the Alertmanager of the bundle', () => {
  let folder: string;
  let config: string;
  let alertmanager: ChildProcess;
  let url: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sk-alerts-'));
    config = join(folder, 'alertmanager.yml');
    await writeFile(join(folder, 'slack-url'), 'http://127.0.0.1:1/');
    const text = (await renderMonitoring())['monitoring/alertmanager/alertmanager.yml'] ?? '';
    await writeFile(config, text.replaceAll('/run/secrets', folder));
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}`;
    const data = `--storage.path=${join(folder, 'data')}`;
    const listen = `--web.listen-address=${address}`;
    const args = [`--config.file=${config}`, data, listen, '--cluster.listen-address='];
    alertmanager = spawn('prometheus-alertmanager', args, { stdio: 'ignore' });
    await vi.waitFor(ready, { timeout: 30_000 });
  });
  afterAll(async () => {
    const exited = once(alertmanager, 'exit');
    alertmanager.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  });
  const ready = async () => expect((await fetch(`${url}/-/ready`)).ok).toBe(true);

  const web = { app: 'shop', environment: 'production', service: 'web' };
  const firing = async (alerts: Record<string, string>[]) => {
    const body = JSON.stringify(alerts.map((labels) => ({ labels })));
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  };
  const states = async () => {
    const alerts = answered.parse(await (await fetch(`${url}/api/v2/alerts`)).json());
    return Object.fromEntries(
      alerts.map(({ labels, status }) => [`${labels.alertname} ${labels.app ?? ''}`.trim(), status.state]),
    );
  };

  it('keeps quiet what follows from something worse, of the same service alone', async () => {
    await firing([
      { alertname: 'InstanceDown', severity: 'warning', ...web, replica: 'r1-1' },
      { alertname: 'MultipleInstancesDown', severity: 'critical', ...web },
      { alertname: 'InstanceDown', severity: 'warning', ...web, app: 'blog', replica: 'r2-1' },
      { alertname: 'SiskinDown', severity: 'critical', job: 'siskin' },
      { alertname: 'SiskinNobodyWorks', severity: 'critical', instance: 'server:8080' },
      { alertname: 'BackupFailed', severity: 'critical', instance: 'server:8080' },
      { alertname: 'BackupTooOld', severity: 'critical', instance: 'server:8080' },
      { alertname: 'BackupTooOld', severity: 'critical', instance: 'other:8080', app: 'other' },
    ]);
    await expect.poll(states, { timeout: 60_000 }).toEqual({
      'InstanceDown shop': 'suppressed',
      'MultipleInstancesDown shop': 'active',
      'InstanceDown blog': 'active',
      SiskinDown: 'active',
      SiskinNobodyWorks: 'suppressed',
      BackupFailed: 'active',
      BackupTooOld: 'suppressed',
      'BackupTooOld other': 'active',
    });
  });

  it.each([
    ['critical', 'critical'],
    ['warning', 'warnings'],
  ])('sends %s ones to %s', async (severity, receiver) => {
    const labels = ['alertname=HighErrorRate', `severity=${severity}`];
    const { stdout } = await execa('amtool', [
      'config',
      'routes',
      'test',
      `--config.file=${config}`,
      ...labels,
    ]);
    expect(stdout).toBe(receiver);
  });
});

const answered = z.array(
  z.looseObject({
    labels: z.record(z.string(), z.string()),
    status: z.looseObject({ state: z.enum(['unprocessed', 'active', 'suppressed']) }),
  }),
);
