import { expect, it } from 'vitest';
import { readTemplate, renderTemplate } from '../../../src/adapters/templates/render-template.ts';

it('reads a file of deploy-templates, and fails on one that is not there', async () => {
  expect(await readTemplate('prometheus/prometheus.yml')).toContain('scrape_configs');
  await expect(readTemplate('prometheus/nothing.yml')).rejects.toThrow('ENOENT');
});

it('leaves what is no placeholder as it is: dollars, braces, quotes', async () => {
  const text = await readTemplate('haproxy/haproxy.cfg');
  expect(await renderTemplate('haproxy/haproxy.cfg', {})).toBe(text);
});
