import { posix } from 'node:path';

/**
 * Reads a .dockerignore (https://docs.docker.com/build/concepts/context/#dockerignore-files; patterns as Go's
 * filepath.Match plus `**`, the last one that matches wins, a folder's exclusion holds for what is in it).
 *
 * Patterns come from the repository, so they are matched without backtracking: in the worst case the time is the
 * pattern's length times the path's. A translation to regular expressions, as @balena/dockerignore does it, takes
 * minutes for `*a*a*a*a*a*a*b`, and takes `(`, `+` and `|` of a file name for syntax.
 * @returns whether a path (relative, `/` between its parts) is ignored
 * @throws Error naming the pattern that cannot be read
 */
export function parseDockerignore(text: string): (path: string) => boolean {
  const rules = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .flatMap((line) => parseRule(line) ?? []);
  return (path) => {
    let ignored = false;
    for (const rule of rules) if (ignored === rule.negated && matches(rule.tokens, path)) ignored = !ignored;
    return ignored;
  };
}

interface Rule {
  negated: boolean;
  tokens: Token[];
}

type Token =
  | { kind: 'literal'; character: string }
  | { kind: 'any' }
  | { kind: 'star' }
  /** `**` before more: nothing, or any folders. */
  | { kind: 'folders' }
  /** `**` at the end: anything. */
  | { kind: 'rest' }
  | { kind: 'set'; negated: boolean; ranges: [string, string][] };

function parseRule(line: string): Rule | undefined {
  if (line.startsWith('#') || line.trim() === '') return undefined;
  let pattern = line.trim();
  const negated = pattern.startsWith('!');
  if (negated) pattern = pattern.slice(1).trim();
  if (pattern === '') return undefined;
  pattern = posix.normalize(pattern).replace(/(?<=.)\/$/, '');
  if (pattern.length > 1 && pattern.startsWith('/')) pattern = pattern.slice(1);
  return { negated, tokens: tokensOf(pattern) };
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  const characters = Array.from(pattern);
  let at = 0;
  while (at < characters.length) {
    const character = characters[at] ?? '';
    if (character === '*') at = readStars(characters, at, tokens);
    else if (character === '[') at = readSet(pattern, characters, at, tokens);
    else if (character === '\\') {
      tokens.push({ kind: 'literal', character: characters[at + 1] ?? '\\' });
      at += 2;
    } else {
      tokens.push(character === '?' ? { kind: 'any' } : { kind: 'literal', character });
      at += 1;
    }
  }
  return tokens;
}

/** `*`, `**`, and a `**` with the slash that follows it. @returns where the pattern goes on */
function readStars(characters: string[], start: number, tokens: Token[]): number {
  if (characters[start + 1] !== '*') {
    tokens.push({ kind: 'star' });
    return start + 1;
  }
  const next = start + (characters[start + 2] === '/' ? 3 : 2);
  tokens.push({ kind: next >= characters.length ? 'rest' : 'folders' });
  return next;
}

/** `[a-z_]`, `[^0-9]`. @returns where the pattern goes on */
function readSet(pattern: string, characters: string[], start: number, tokens: Token[]): number {
  let at = start + 1;
  const negated = characters[at] === '^';
  if (negated) at += 1;
  const ranges: [string, string][] = [];
  const next = (): string => {
    if (characters[at] === '\\') at += 1;
    const character = characters[at];
    if (character === undefined) throw new Error(`the pattern "${pattern}" has a [ without its ]`);
    at += 1;
    return character;
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = next();
    const isRange = characters[at] === '-' && characters[at + 1] !== ']';
    if (isRange) at += 1;
    ranges.push([low, isRange ? next() : low]);
  }
  tokens.push({ kind: 'set', negated, ranges });
  return at + 1;
}

/** Whether the pattern matches the path or a folder above it: all the places a match may have come to, at once. */
function matches(tokens: Token[], path: string): boolean {
  let places = spread(tokens, new Set([0]));
  for (const character of path) {
    if (character === '/' && places.has(tokens.length)) return true;
    const after = new Set<number>();
    for (const place of places) step(tokens, place, character, after);
    if (after.size === 0) return false;
    places = spread(tokens, after);
  }
  return places.has(tokens.length);
}

/** A place n + 0.5 is inside the folders that the token n stands for. */
function step(tokens: Token[], place: number, character: string, after: Set<number>): void {
  const token = tokens[Math.floor(place)];
  if (!token) return;
  switch (token.kind) {
    case 'literal':
      if (character === token.character) after.add(place + 1);
      break;
    case 'any':
      if (character !== '/') after.add(place + 1);
      break;
    case 'star':
      if (character !== '/') after.add(place);
      break;
    case 'rest':
      after.add(place);
      break;
    case 'folders':
      after.add(Math.floor(place) + 0.5);
      if (character === '/') after.add(Math.floor(place) + 1);
      break;
    case 'set':
      if (character !== '/' && inSet(token, character)) after.add(place + 1);
      break;
  }
}

/** Adds the places that are reached without a character. */
function spread(tokens: Token[], places: Set<number>): Set<number> {
  for (const place of places) {
    const kind = Number.isInteger(place) ? tokens[place]?.kind : undefined;
    if (kind === 'star' || kind === 'rest' || kind === 'folders') places.add(place + 1);
  }
  return places;
}

const inSet = (set: Extract<Token, { kind: 'set' }>, character: string): boolean =>
  set.ranges.some(([low, high]) => low <= character && character <= high) !== set.negated;
