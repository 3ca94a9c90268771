import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderPrometheusConfig } from '../../../src/adapters/prometheus/render-config.ts';

const options = { routerMetrics: '127.0.0.1:8404', discoveryUrl: 'http://127.0.0.1:8080/sd/prometheus' };

describe('renderPrometheusConfig', () => {
  it('scrapes the router each second and discovers the apps', () => {
    expect(renderPrometheusConfig(options)).toMatchInlineSnapshot(`
      "# Written by Siskin. Changes are overwritten.
      global:
        scrape_interval: 15s
        scrape_timeout: 10s
      scrape_configs:
        - job_name: siskin-router
          scrape_interval: 1s
          scrape_timeout: 1s
          static_configs:
            - targets: ["127.0.0.1:8404"]
          metric_relabel_configs:
            - source_labels: [__name__]
              regex: haproxy_(process_.*|frontend_.*|backend_.*|server_(http_responses|connection_errors|response_errors|redispatch_warnings|retry_warnings|bytes_in|bytes_out)_total|server_(current_sessions|weight|status|.*_time_average_seconds))
              action: keep
        - job_name: siskin-apps
          scrape_interval: 5s
          scrape_timeout: 5s
          follow_redirects: false
          sample_limit: 20000
          body_size_limit: 10MB
          http_sd_configs:
            - url: "http://127.0.0.1:8080/sd/prometheus"
              refresh_interval: 2s
      "
    `);
  });

  it('leaves the apps out where there is no server to ask', () => {
    expect(renderPrometheusConfig({ ...options, discoveryUrl: null })).not.toContain('siskin-apps');
  });

  it('threat 19: follows no redirect of an app', () => {
    const [, apps = ''] = renderPrometheusConfig(options).split('job_name: siskin-apps');
    expect(apps).toContain('follow_redirects: false');
  });

  it('is what promtool accepts', () => {
    const directory = mkdtempSync(join(tmpdir(), 'sk-'));
    try {
      const token = join(directory, 'token');
      const file = join(directory, 'prometheus.yml');
      writeFileSync(token, 'x');
      writeFileSync(file, renderPrometheusConfig({ ...options, discoveryTokenFile: token }));
      const said = execFileSync('promtool', ['check', 'config', file], { stdio: 'pipe', encoding: 'utf8' });
      expect(said).toContain('SUCCESS');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('is what the template of the container has', () => {
    const template = join(import.meta.dirname, '../../../deploy-templates/prometheus/prometheus.yml');
    expect(readFileSync(template, 'utf8')).toBe(
      renderPrometheusConfig({
        routerMetrics: 'router:8404',
        discoveryUrl: 'http://server:8080/sd/prometheus',
        discoveryTokenFile: '/run/siskin/discovery-token',
      }),
    );
  });

  it('threat 22: refuses values with syntax in them', () => {
    const refused = expect.objectContaining({ code: 'CONFIG_INVALID' });
    for (const routerMetrics of ['a"]\n  - b', 'a b', '']) {
      expect(() => renderPrometheusConfig({ ...options, routerMetrics })).toThrow(refused);
    }
    for (const discoveryUrl of ['file:///etc/passwd', 'http://a/"\nb', 'http://a b']) {
      expect(() => renderPrometheusConfig({ ...options, discoveryUrl })).toThrow(refused);
    }
    expect(() => renderPrometheusConfig({ ...options, discoveryTokenFile: 'relative' })).toThrow(refused);
  });
});
