import { releaseName } from './names.ts';

/** What stands for the deployment in a condition's query, written `{{app}}`. */
export const analysisPlaceholders = [
  'app',
  'environment',
  'service',
  'backends',
  'release',
  'baseline',
] as const;

export type AnalysisPlaceholder = (typeof analysisPlaceholders)[number];

export interface AnalysisValues {
  app: string;
  environment: string;
  service: string;
  /** The router's backend of the service: names.ts. */
  backend: string;
  /** The new release. */
  release: number;
  /** The old release; null at a first deployment. */
  baseline: number | null;
}

/**
 * The query with its placeholders filled in: `{{release}}` becomes `r12`, `{{baseline}}` `r11`, or `none` when there is
 * none, which is no release's name. All values are names (namePattern) and numbers, so they mean nothing in a PromQL string
 * or a regular expression. What is no placeholder stays as it is.
 */
export const renderAnalysisQuery = (query: string, values: AnalysisValues): string =>
  query.replace(placeholder, (_, name: AnalysisPlaceholder) => textOf(name, values));

/** What begins like a placeholder and is none, as it was written: `{{relase}}`, `{{app}`. Each once. */
export const unknownPlaceholders = (query: string): string[] => {
  const others = query.replace(placeholder, '').match(/\{\{[^{}]{0,40}\}{0,2}/g);
  return [...new Set(others)];
};

/**
 * Where a character of the rendered query stood in the query as written; a filled in value's stand at its placeholder's
 * beginning. Both count from 0.
 */
export function writtenOffset(query: string, values: AnalysisValues, rendered: number): number {
  let grown = 0;
  for (const match of query.matchAll(placeholder)) {
    const { length } = renderAnalysisQuery(match[0], values);
    if (rendered < match.index + grown) break;
    if (rendered < match.index + grown + length) return match.index;
    grown += length - match[0].length;
  }
  return rendered - grown;
}

const placeholder = new RegExp(`\\{\\{[ \\t]*(${analysisPlaceholders.join('|')})[ \\t]*\\}\\}`, 'g');

const textOf = (name: AnalysisPlaceholder, values: AnalysisValues): string => {
  if (name === 'backends') return values.backend;
  if (name === 'release') return releaseName(values.release);
  if (name === 'baseline') return values.baseline === null ? 'none' : releaseName(values.baseline);
  return values[name];
};
