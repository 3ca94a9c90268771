import * as z from 'zod';
import { mapping, must, text, truth } from '../fields.ts';
import { isRouteHost } from './route-syntax.ts';

const pathExpected = 'the path of a file, without quotes or $';
// ssh's own configuration has no way to quote these two
const filePath = text(pathExpected, /^[^\p{Cc}"$]{1,1024}$/u);

const hostLineExpected = 'a line of a known_hosts file, such as github.com ssh-ed25519 AAAA…';
const hostLine = text(
  hostLineExpected,
  /^[^\p{Cc}#\s][^\p{Cc}]* [\w@.-]+ AAAA[A-Za-z0-9+/]+={0,2}( [^\p{Cc}]*)?$/u,
);

const tokenExpected = 'a token of 8 to 1024 printable characters without spaces';

const submoduleHosts = mapping({
  hosts: z
    .array(
      z
        .string(must('a host name, such as gitlab.com'))
        .refine(isRouteHost, must('a host name, such as gitlab.com')),
    )
    .describe('Hosts that submodules may be fetched from, besides that of the app’s repository.'),
});

/** `git` of an app: what its repository needs beyond its address. */
export const gitSchema = mapping({
  deployKeyFile: filePath
    .optional()
    .describe('A private key that Siskin’s user alone may read; relative to this file.'),
  knownHostsFile: filePath
    .optional()
    .describe('The pinned host keys, as a known_hosts file; relative to this file.'),
  knownHosts: z
    .array(hostLine)
    .min(1, must('a list of at least one host key'))
    .optional()
    .describe('The pinned host keys, as lines of a known_hosts file.'),
  token: text(tokenExpected, /^[\x21-\x7e]{8,1024}$/)
    .optional()
    .describe('For https; sent to the repository’s host only.'),
  username: text('a user name for the token', /^[A-Za-z0-9._@-]{1,255}$/)
    .prefault('x-access-token')
    .describe('The user name that goes with the token, where the host minds.'),
  submodules: z
    .union([truth(), submoduleHosts], must('true, false, or { hosts: [HOST] }'))
    .prefault(false)
    .describe(
      'Whether submodules become part of build contexts, and from which hosts besides the app’s own.',
    ),
  lfs: truth().prefault(false).describe('Whether Git LFS files become part of build contexts.'),
});
