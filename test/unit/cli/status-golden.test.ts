import { describe, expect, it } from 'vitest';
import { deploymentSummarySchema } from '../../../src/api/schemas.ts';
import { type Status, statusLines } from '../../../src/cli/view/status.ts';
import { deployment } from '../../support/app-cli-answers.ts';
import { goldenFiles } from '../../support/config-golden.ts';

const files = goldenFiles(new URL('../../golden/cli/status/', import.meta.url).pathname);
const now = new Date('2026-01-01T12:00:00.000Z');

/** A line of the input is an environment: its own fields, then those of its newest deployment, whose state may be null. */
const statusOf = (line: string): Status => {
  const { app, environment, current, previous, frozen, canary, ...its } = JSON.parse(line);
  const newest =
    its.state === null ? null : deploymentSummarySchema.parse(deployment({ app, environment, ...its }));
  return { app, environment, current, previous, frozen, canary, deployment: newest };
};

describe('siskin status', () => {
  it('has its golden files', () => expect(files.map(({ name }) => name)).toEqual(['every-state']));

  it.each(files)('$name: on a terminal of 100 columns, then in a file', async (file) => {
    const statuses = file.input.trim().split('\n').map(statusOf);
    const spaces = [100, Number.POSITIVE_INFINITY].map((columns) =>
      statusLines({ color: false, columns }, statuses, now).join('\n'),
    );
    const text = spaces.join('\n\n');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    await expect(file.expect(text)).toMatchFileSnapshot(file.path);
  });
});
