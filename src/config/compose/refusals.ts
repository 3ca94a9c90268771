import { notYet, type Refusals } from '../fields.ts';

const host = (what: string): string => `is refused: it gives the app ${what}`;
const weaker = 'is refused: it weakens the wall between the app and the host';
const instead = (right: string): string => `is not read by Siskin: ${right}`;
const managed = (what: string): string => `is refused: Siskin gives ${what} itself`;

/** Service keys of the Compose Specification that Siskin does not honour, and why. */
export const serviceRefusals: Refusals = {
  ports: instead('the router publishes the service, so remove ports and name the port in x-siskin.port'),
  env_file: instead(
    'this version takes variables from environment, and their values from env or envFile in siskin.yaml',
  ),
  privileged: host('every right over the host'),
  network_mode: host(
    "a network that is not its own; name an allowed network under networks, if it needs another app's",
  ),
  devices: host('a device of the host'),
  device_cgroup_rules: host('devices of the host'),
  gpus: host('devices of the host'),
  cap_add: host('kernel capabilities that containers do not have'),
  pid: host('other processes'),
  ipc: host('memory of other processes'),
  uts: host("the host's name"),
  cgroup: host("the host's control groups"),
  cgroup_parent: host("the host's control groups"),
  runtime: host('another container runtime'),
  volumes_from: host("another container's volumes"),
  use_api_socket: host('the Docker engine'),
  external_links: host("another app's containers"),
  credential_spec: host('credentials of the host'),
  sysctls: weaker,
  security_opt: weaker,
  userns_mode: weaker,
  oom_kill_disable: weaker,
  oom_score_adj: weaker,
  group_add: weaker,
  blkio_config: weaker,
  storage_opt: weaker,
  container_name: managed('every replica its name'),
  hostname: managed('every replica its name'),
  domainname: managed('every replica its name'),
  mac_address: managed('every replica its address'),
  links: instead('containers of one network reach each other by name'),
  extends: instead('write the keys here, or share them with a YAML anchor'),
  scale: instead('write deploy.replicas'),
  mem_limit: instead('write deploy.resources.limits.memory'),
  mem_reservation: instead('write deploy.resources.reservations.memory'),
  memswap_limit: instead('write deploy.resources.limits.memory; there is no swap beyond it'),
  cpus: instead('write deploy.resources.limits.cpus'),
  cpu_count: instead('write deploy.resources.limits.cpus'),
  cpu_quota: instead('write deploy.resources.limits.cpus'),
  cpu_shares: instead('write deploy.resources.limits.cpus'),
  pids_limit: instead('every container has a limit of processes already'),
  platform: instead("images are built for the host's platform"),
  pull_policy: instead('images are built here, never pulled under this name'),
  develop: instead('it is for development: keep it in another Compose file'),
  stdin_open: instead('nobody sits before a deployed container'),
  tty: instead('nobody sits before a deployed container'),
  secrets: notYet,
  configs: notYet,
  annotations: notYet,
  cap_drop: notYet,
  dns: notYet,
  dns_opt: notYet,
  dns_search: notYet,
  extra_hosts: notYet,
  label_file: notYet,
  shm_size: notYet,
  stop_signal: notYet,
  post_start: notYet,
  pre_stop: notYet,
  models: notYet,
  provider: notYet,
};

export const buildRefusals: Refusals = {
  privileged: host('every right over the host while it is built'),
  entitlements: host('rights over the host while it is built'),
  network: host('a network of the host while it is built'),
  extra_hosts: notYet,
  ssh: notYet,
  secrets: notYet,
  cache_from: notYet,
  cache_to: notYet,
  additional_contexts: notYet,
  dockerfile_inline: instead('put it into a file and name it under dockerfile'),
  labels: notYet,
  no_cache: notYet,
  platforms: instead("images are built for the host's platform"),
  pull: notYet,
  shm_size: notYet,
  tags: instead('Siskin tags the image itself'),
  ulimits: notYet,
};

export const deployRefusals: Refusals = {
  restart_policy: instead('write restart on the service'),
  rollback_config: instead('a rollback restores the old replicas at once'),
  placement: instead('every replica runs on this host'),
  endpoint_mode: instead('the router shares the traffic'),
  labels: instead('write labels on the service'),
};

export const updateConfigRefusals: Refusals = {
  delay: instead('x-siskin.canary.minBake is the wait before the others follow'),
};

export const resourceRefusals: Refusals = {
  pids: instead('every container has a limit of processes already'),
  devices: host('devices of the host'),
  generic_resources: notYet,
};

export const healthcheckRefusals: Refusals = {
  start_interval: instead('it takes part in no decision; x-siskin.health.interval does'),
};

/** Top-level keys. */
export const fileRefusals: Refusals = {
  include: notYet,
  models: notYet,
};
