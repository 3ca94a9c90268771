import { isBranchName } from '../../config/siskin/git-branch.ts';
import { repositoryProblem } from '../../config/siskin/repository-address.ts';
import { isRouteHost } from '../../config/siskin/route-syntax.ts';
import { size } from '../../config/units.ts';
import { namePattern } from '../../domain/names.ts';

/** What is wrong with one word of an answer; undefined when nothing is. */
export type WordProblem = (word: string) => string | undefined;

/** @param expected what would be right, as it ends the sentence "It must be …" */
export const must =
  (holds: (word: string) => boolean, expected: string): WordProblem =>
  (word) =>
    holds(word) ? undefined : `It must be ${expected}.`;
export const orEmpty =
  (problem: WordProblem): WordProblem =>
  (word) =>
    word === '' ? undefined : problem(word);

export const host: WordProblem = must(isRouteHost, 'a host name, e.g. shop.example.com');
export const branch: WordProblem = must(isBranchName, 'the name of a branch, e.g. release');
export const bytes: WordProblem = must((word) => size.parse(word) !== undefined, 'a size such as 768M or 8G');
export const port: WordProblem = must(
  (word) => /^\d{1,5}$/.test(word) && Number(word) >= 1 && Number(word) <= 65_535,
  'a port from 1 to 65535',
);
export const isWebAddress = (word: string): boolean =>
  /^https?:\/\/[^\s/"]+$/.test(word) && URL.canParse(word);
export const isMail = (word: string): boolean => /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(word);
export const isSsh = (word: string): boolean => {
  const [user = '', name, ...rest] = word.split('@');
  return (
    rest.length === 0 && /^[a-z_][a-z0-9_-]{0,31}$/.test(user) && name !== undefined && isRouteHost(name)
  );
};
export const isHostAndPort = (word: string): boolean => {
  const [name = '', number = '5432', ...rest] = word.split(':');
  return rest.length === 0 && isRouteHost(name) && port(number) === undefined;
};
export const isIpv4 = (word: string): boolean => /^\d+(\.\d+){3}$/.test(word) && isRouteHost(word);
/** `203.0.113.0/24`, an IPv4 address, or the same of IPv6. */
export const isNetwork = (word: string): boolean => {
  const [address = '', bits, ...rest] = word.split('/');
  const six = address.includes(':');
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (six ? 128 : 32));
  const right = six ? URL.canParse(`http://[${address}]`) : isIpv4(address);
  return rest.length === 0 && fits && right;
};

export function appProblem(word: string): string | undefined {
  const [name, repository] = halves(word);
  if (!namePattern.test(name))
    return `${JSON.stringify(name)} must be 1 to 41 of a-z, 0-9 and -, and begin with a letter or digit.`;
  if (repository === undefined)
    return 'It must be NAME=REPOSITORY, e.g. shop=https://github.com/acme/shop.git.';
  const problem = repositoryProblem(repository);
  return problem === undefined ? undefined : `The repository of ${name} ${problem}.`;
}

export function domainProblem(word: string): string | undefined {
  const [place, name] = halves(word);
  const [app = '', environment = 'production', ...rest] = place.split('/');
  const known = rest.length === 0 && ['production', 'test'].includes(environment) && namePattern.test(app);
  if (!known || name === undefined) return 'It must be APP=HOST, or APP/test=HOST for the test environment.';
  return isRouteHost(name)
    ? undefined
    : `${JSON.stringify(name)} must be a host name, e.g. shop.example.com.`;
}

export function forwardProblem(word: string): string | undefined {
  const [name, address = ''] = halves(word);
  const right = isRouteHost(name) && !isIpv4(name) && isIpv4(address);
  return right
    ? undefined
    : `${JSON.stringify(word)} must be HOST=ADDRESS, with an IPv4 address, e.g. grafana.example.com=192.168.0.20.`;
}

/** What stands before and after the first `=`. */
export function halves(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
