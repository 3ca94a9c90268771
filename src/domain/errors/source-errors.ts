/** Fetching a repository and building an image of it. */
export const sourceErrors = {
  BRANCH_MISSING: {
    meaning: 'The repository has no such branch.',
    hint: 'Push the branch, or mend `branch` of the environment in siskin.yaml.',
  },
  SOURCE_UNREACHABLE: {
    meaning: 'The repository could not be fetched.',
    hint: "Read git's own words in the reason; `git ls-remote REPO` on the server shows the same. Deploy again when it works.",
  },
  SOURCE_REFUSED: {
    meaning: 'The address of the repository is one that Siskin does not fetch, or its host refuses it.',
    hint: 'Check `repo` in siskin.yaml. Only https, ssh, and paths that siskin.yaml names are fetched; a redirect is not followed.',
  },
  SOURCE_NOT_FOUND: {
    meaning: 'The host has no such repository, or does not show it to this key or token.',
    hint: 'Check `repo` in siskin.yaml, then that the deploy key or token may read that repository: hosts answer "not found" to those that may not.',
  },
  SOURCE_KEY_REFUSED: {
    meaning: 'The SSH server does not accept the key that Siskin offers.',
    hint: 'Add the public half of `git.deployKeyFile` to the repository as a deploy key (reading is enough), or name the right key file.',
  },
  SOURCE_TOKEN_REFUSED: {
    meaning:
      'The host wants a token for this repository, and got none, or one that is wrong, revoked, expired or may not read it.',
    hint: 'Make a token that may read the contents of this repository, and set `git.token` of the app in siskin.yaml.',
  },
  DEPLOY_KEY_UNUSABLE: {
    meaning: 'The private key file of an app cannot be used.',
    hint: "`git.deployKeyFile` must be an unencrypted private key that Siskin's user alone may read: `chmod 600 FILE`.",
  },
  HOST_KEY_CHANGED: {
    meaning:
      'The SSH server has another host key than the pinned one: it was replaced, or it is not that server.',
    hint: "Ask the host's operator for its new key's fingerprint by another way, compare, and only then replace the pinned key.",
  },
  HOST_KEY_UNKNOWN: {
    meaning: 'No host key is pinned for the SSH server, so nobody can tell whether it is the right one.',
    hint: 'Get its keys by `ssh-keyscan HOST`, compare the fingerprints with those that the host publishes, and add them to `git.knownHostsFile` or `git.knownHosts`.',
  },
  SUBMODULE_REFUSED: {
    meaning: 'A submodule of the commit cannot be fetched as it is written down.',
    hint: 'Its entry in .gitmodules must have an https:// or ssh:// address, or one relative to the repository; or leave it out with .dockerignore.',
  },
  LFS_UNAVAILABLE: {
    meaning: 'The content of a Git LFS file could not be fetched, or is not what the commit says.',
    hint: 'See that `git lfs push --all` was run and that the key or token may read LFS objects, then deploy again.',
  },
  SOURCE_TOO_LARGE: {
    meaning: 'The repository is larger than the limit.',
    hint: 'Take large files out of its history (git lfs, git filter-repo), or raise the limit.',
  },
  COMMIT_MISSING: {
    meaning: 'The repository has no such commit.',
    hint: 'It may have been removed by a forced push; deploy the head of the branch instead.',
  },
  FILE_MISSING: {
    meaning: 'The commit has no such file.',
    hint: 'Add the file and push, or mend its path. Case matters.',
  },
  FILE_REFUSED: {
    meaning: 'The path is not a plain file inside the repository, or it is too large.',
    hint: 'Put a regular file there: symbolic links and submodules are not followed.',
  },
  CONTEXT_REFUSED: {
    meaning: 'The build context has something in it that may not be sent to the builder.',
    hint: 'Take the named path out, or name it in .dockerignore.',
  },
  BUILD_FAILED: {
    meaning: 'The image could not be built.',
    hint: 'Read the last lines of the build in `siskin logs ID`; the same `docker build` fails on your machine too.',
  },
  BUILD_TIMED_OUT: {
    meaning: 'The build took longer than it may; it was stopped.',
    hint: 'Find the slow step in `siskin logs ID`; make it faster, or allow the build more time.',
  },
} as const;
