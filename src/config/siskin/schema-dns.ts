import * as z from 'zod';
import { mapping, must, text } from '../fields.ts';
import { url } from './addresses.ts';

const hostExpected = 'a host name such as shop.example.com';
const label = '[a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?';
const host = z
  .string(must(hostExpected))
  .transform((name) => name.toLowerCase().replace(/\.$/, ''))
  .pipe(text(hostExpected, new RegExp(`^(?=.{1,253}$)(\\*\\.)?(${label}\\.)+${label}$`)));

/** `dns`: names that lead either to the primary or to the standby. */
export const dnsSchema = mapping({
  provider: z.enum(['cloudflare']).prefault('cloudflare'),
  token: text('an API token', /^[\x21-\x7e]{20,255}$/)
    .optional()
    .describe('An API token with Zone.DNS edit and Zone.Zone read for this zone; or tokenFile.'),
  tokenFile: text('the path of a file', /^\P{Cc}{1,1024}$/u)
    .optional()
    .describe('A file that holds the token; only its owner may read it.'),
  zone: host.describe('The zone that the names are in, such as example.com.'),
  apiUrl: url(['https', 'http'], 'https://api.cloudflare.com/client/v4')
    .transform((address) => address.replace(/\/+$/, ''))
    .prefault('https://api.cloudflare.com/client/v4')
    .describe('For tests and proxies.'),
  records: z
    .array(mapping({ name: host, primary: host, standby: host }))
    .min(1, must('a list of at least one record'))
    .max(100, must('a list of at most 100 records'))
    .describe('CNAME records, each with the name of the primary and of the standby.'),
});
