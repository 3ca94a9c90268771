import { resolve } from 'node:path';
import type * as z from 'zod';
import type { backupSchema, standbySchema } from './schema-backup.ts';
import type { dnsSchema } from './schema-dns.ts';
import type { BackupConfig, DnsConfig, StandbyConfig } from './types-backup.ts';

interface Checked {
  backup?: z.output<typeof backupSchema> | undefined;
  standby?: z.output<typeof standbySchema> | undefined;
  dns?: z.output<typeof dnsSchema> | undefined;
}

/** The keys `backup`, `standby` and `dns`, those that are there. @param folder what relative paths are relative to */
export function assembleSafety(
  { backup, standby, dns }: Checked,
  folder: string,
): { backup?: BackupConfig; standby?: StandbyConfig; dns?: DnsConfig } {
  return {
    ...(backup && { backup: assembleBackup(backup, folder) }),
    ...(standby && { standby: assembleStandby(standby, folder) }),
    ...(dns && { dns: assembleDns(dns, folder) }),
  };
}

const assembleBackup = (
  { to, at, databases, ...rest }: z.output<typeof backupSchema>,
  folder: string,
): BackupConfig => ({
  ...rest,
  folder: resolve(folder, to),
  ...(at && { at }),
  databases: databases.map(({ passwordFile, ...database }) => ({
    ...database,
    ...(passwordFile !== undefined && { passwordFile: resolve(folder, passwordFile) }),
  })),
});

const assembleStandby = (
  { ssh, at, maxAge, ...rest }: z.output<typeof standbySchema>,
  folder: string,
): StandbyConfig => ({
  ...rest,
  maxAgeMs: maxAge,
  ...(at && { at }),
  ...(ssh && {
    ssh: {
      hostKey: ssh.hostKey,
      ...(ssh.keyFile !== undefined && { keyFile: resolve(folder, ssh.keyFile) }),
    },
  }),
});

const assembleDns = (
  { token, tokenFile = '', ...rest }: z.output<typeof dnsSchema>,
  folder: string,
): DnsConfig => ({
  ...rest,
  token: token === undefined ? { file: resolve(folder, tokenFile) } : { value: token },
});
