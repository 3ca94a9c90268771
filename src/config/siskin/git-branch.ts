export const branchExpected = 'a branch name that git allows, such as main or release/2';

/** The rules of git-check-ref-format(1) for a branch, at most 200 characters. */
export const isBranchName = (name: string): boolean =>
  name.length > 0 &&
  name.length <= 200 &&
  !/[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\//u.test(name) &&
  !/^[-/]|[/.]$|^@$|^HEAD$|^refs\//.test(name) &&
  name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
