// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax under test

import { expect, it } from 'vitest';
import { siskinConfigJsonSchema } from '../../../src/config/siskin-json-schema.ts';

const schema = JSON.parse(JSON.stringify(siskinConfigJsonSchema()));

it('describes siskin.yaml as it is written, for editors', () => {
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    properties: {
      dataDir: { default: './data' },
      build: { properties: { timeout: { type: 'string', default: '20m' }, concurrency: { default: 1 } } },
      apps: {
        propertyNames: { pattern: '^[a-z0-9][a-z0-9-]{0,40}$' },
        additionalProperties: { required: ['repo', 'environments'], additionalProperties: false },
      },
    },
  });
  expect(schema.required).toBeUndefined();
});

it('takes units and variables', () => {
  const pattern = new RegExp(schema.properties.build.properties.timeout.pattern, 'u');
  for (const right of ['20m', '250ms', '${BUILD_TIMEOUT:-20m}']) expect(right).toMatch(pattern);
  for (const wrong of ['20', 'soon']) expect(wrong).not.toMatch(pattern);
  const role = schema.properties.api.properties.tokens.items.properties.role;
  expect(role.anyOf).toEqual([
    { enum: ['viewer', 'deployer', 'admin'] },
    { type: 'string', pattern: '^\\$\\{' },
  ]);
});
