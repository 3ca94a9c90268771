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
    meaning:
      'The repository does not exist for Siskin: no permission, a wrong address, or one that is not allowed.',
    hint: 'Check `repo` in siskin.yaml and that the token or SSH key may read it. Only https, ssh, and paths that siskin.yaml names are fetched.',
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
