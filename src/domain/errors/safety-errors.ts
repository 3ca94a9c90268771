/** Backups, the standby, and the names that lead to one machine or the other. */
export const safetyErrors = {
  NOT_CONFIGURED: {
    meaning: 'siskin.yaml has no section for what the command is to work on.',
    hint: 'docs/reference/siskin-yaml.md tells the keys of backup, standby and dns.',
  },
  CONFIRMATION_NEEDED: {
    meaning: 'The command changes something and asks before it does, but nobody is there to answer.',
    hint: 'Look at what it would do, then run it with --yes.',
  },
  NOT_CONFIRMED: {
    meaning: 'The question whether to go on was answered with no.',
    hint: 'Nothing was changed.',
  },
  DNS_TOKEN_REFUSED: {
    meaning: 'The DNS provider does not accept the token, or the token may not do this.',
    hint: 'Make a token with the permissions Zone.DNS (edit) and Zone.Zone (read) for this zone, and set dns.token or dns.tokenFile.',
  },
  DNS_RATE_LIMITED: {
    meaning: 'The DNS provider takes no more requests for a while.',
    hint: 'Run it again later: what leads where it should already is left alone.',
  },
  DNS_UNREACHABLE: {
    meaning: 'The DNS provider did not answer, or answered with an error of its own.',
    hint: 'Run it again: what leads where it should already is left alone.',
  },
  DNS_REFUSED: {
    meaning: 'The DNS provider refused a request.',
    hint: 'The message has its words.',
  },
  DNS_ZONE_MISSING: {
    meaning: 'The token sees no zone of this name.',
    hint: 'Look at dns.zone, and whether the token has Zone.Zone (read) for this zone.',
  },
  DNS_NOT_SWITCHABLE: {
    meaning: 'A name of dns.records has no CNAME that could be switched. Nothing was changed.',
    hint: 'Create the CNAME at the provider once, by hand, or mend dns.records.',
  },
  DNS_SIDE_UNCLEAR: {
    meaning: 'The names lead to different sides, so there is no other side to switch to.',
    hint: 'Say which: `siskin dns switch primary` or `siskin dns switch standby`.',
  },
  DNS_SWITCH_INCOMPLETE: {
    meaning: 'Some names were switched and others were not.',
    hint: 'Run the same command again: it does only what is left.',
  },
  BACKUP_FAILED: {
    meaning: 'A backup could not be made. Nothing of it was kept, and earlier backups are untouched.',
    hint: 'The message says what failed; `siskin backup` tries again.',
  },
  BACKUP_RUNNING: {
    meaning: 'Another process is making or removing backups in this folder.',
    hint: 'Wait for it, then run the command again.',
  },
  BACKUP_MISSING: {
    meaning: 'There is no backup of this name.',
    hint: 'See `siskin backup list`.',
  },
  BACKUP_DAMAGED: {
    meaning: 'A file of the backup is not what was written.',
    hint: 'Restore another one: `siskin backup list`. Look at the disk that holds it.',
  },
  RESTORE_REFUSED: {
    meaning: 'The backup does not fit what it is to be restored into. Nothing was changed.',
    hint: 'The message says what does not fit.',
  },
  RESTORE_FAILED: {
    meaning:
      'Restoring ended with an error. The message tells what was restored by then; a PostgreSQL database that failed is as it was.',
    hint: 'Leave the apps stopped, mend what the message names, and run the same restore again: it replaces everything anew.',
  },
  CONTAINER_MISSING: {
    meaning: 'A container that siskin.yaml names does not run.',
    hint: 'Start it, or mend the name; `docker ps` shows what runs.',
  },
  VOLUME_MISSING: {
    meaning: 'A volume that siskin.yaml names does not exist.',
    hint: 'Mend the name; `docker volume ls` shows what there is.',
  },
  STANDBY_UNREACHABLE: {
    meaning: "The standby's engine does not answer. Nothing was changed.",
    hint: 'Look at standby.docker, the network and the ssh key; `docker -H … ps` tries the same.',
  },
  STANDBY_BUSY: {
    meaning: 'Another process is synchronising this standby.',
    hint: 'Wait for it. What a killed one left ends by itself within a minute.',
  },
  STANDBY_SERVING: {
    meaning: 'The standby serves at the moment: to synchronise now would overwrite what its users see.',
    hint: 'Go back first: `siskin standby failback`.',
  },
  STANDBY_SYNC_FAILED: {
    meaning: 'Something could not be brought to the standby. What was verified there stays.',
    hint: 'Run it again: what is there and verified is not sent again.',
  },
  FAILOVER_REFUSED: {
    meaning: 'A check says that traffic should not be moved. Nothing was changed.',
    hint: 'Mend what the check names; --force goes on all the same.',
  },
} as const;
