import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Eta } from 'eta';

// Configuration files are no HTML: what goes in was validated for the place where it stands.
const eta = new Eta({ autoEscape: false, autoTrim: false, useWith: false });

/**
 * Fills in one of deploy-templates' files: `<% %>` is code, `<%= it.name %>` a value.
 *
 * @param name path below deploy-templates, such as `nginx/nginx.conf.eta`
 * @param data what the template calls `it`
 * @throws Error of a template that is missing or wrong: a mistake of ours, which a test finds
 */
export async function renderTemplate(name: string, data: object): Promise<string> {
  return eta.renderString(await readTemplate(name), data);
}

/** One of deploy-templates' files as it is. */
export const readTemplate = (name: string): Promise<string> => readFile(join(folder(), name), 'utf8');

/** Beside `src` in a checkout, beside `dist` in a package: the first one found on the way up. */
function folder(from = import.meta.dirname): string {
  const here = join(from, 'deploy-templates');
  return existsSync(here) || from === dirname(from) ? here : folder(dirname(from));
}
