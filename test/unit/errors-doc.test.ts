import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../src/domain/errors/catalogue.ts';
import { errorsPage } from '../support/errors-page.ts';

describe('docs/errors.md', () => {
  it('is written from the catalogue: run `npm run docs:errors` after changing one', async () => {
    const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    expect(page).toBe(errorsPage(errorCatalogue));
  });

  it('has a meaning and a hint in whole sentences for every code', () => {
    for (const [code, { meaning, hint }] of Object.entries(errorCatalogue)) {
      expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(meaning, code).toMatch(/[.!?]$/);
      expect(hint, code).toMatch(/[.!?]$/);
    }
  });
});
