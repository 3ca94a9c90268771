import type { EnvironmentKey } from '../names.ts';
import type { ContainerHealthcheck, ContainerSpec } from '../service-spec.ts';
import { accessoryContainer, environmentNetwork, type WantedAccessory } from './accessory.ts';

/** A fork bomb stops here. */
const pidsLimit = 4096;

/** The Compose project of an environment's accessories. */
export const accessoryProject = environmentNetwork;

/**
 * The Compose file that the accessories are brought up from: JSON, which is YAML. Nothing of the repository's text is in
 * it but checked values, and `$` has no meaning in them. Networks and volumes exist already, so that Compose makes and
 * removes none. It holds secrets: it is given to the CLI through a pipe and stands nowhere.
 */
export function composeDocument(key: EnvironmentKey, accessories: readonly WantedAccessory[]): string {
  const services = Object.fromEntries(accessories.map((one) => [one.spec.name, serviceOf(key, one)]));
  const joined = accessories.flatMap(({ spec }) => spec.container.networks ?? []);
  const volumes = accessories.flatMap(({ spec }) => volumesOf(spec.container));
  const networks = { [own]: existing(environmentNetwork(key)), ...namedExisting(joined) };
  return yamlSafe(JSON.stringify(literal({ services, networks, volumes: namedExisting(volumes) })));
}

/** The named volumes of a container. */
export const volumesOf = ({ mounts }: ContainerSpec): string[] =>
  mounts.filter(({ type }) => type === 'volume').map(({ source }) => source);

const own = 'environment';
const existing = (name: string) => ({ external: true, name });
const namedExisting = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, existing(name)]));

function serviceOf(key: EnvironmentKey, { spec, specHash }: WantedAccessory) {
  const { container, shmSizeBytes } = spec;
  return {
    image: spec.image,
    container_name: accessoryContainer(key, spec.name),
    labels: {
      ...container.labels,
      'siskin.app': key.app,
      'siskin.environment': key.environment,
      'siskin.kind': 'accessory',
      'siskin.accessory': spec.name,
      'siskin.spec-hash': specHash,
    },
    environment: container.environment,
    ...(container.command && { command: container.command }),
    ...(container.entrypoint && { entrypoint: container.entrypoint }),
    ...(container.workingDir !== undefined && { working_dir: container.workingDir }),
    ...(container.user !== undefined && { user: container.user }),
    ...(container.healthcheck && { healthcheck: healthcheckOf(container.healthcheck) }),
    ...(shmSizeBytes !== undefined && { shm_size: shmSizeBytes }),
    networks: [own, ...(container.networks ?? [])],
    volumes: container.mounts.map(({ type, source, target, readOnly }) => ({
      ...{ type, source, target },
      read_only: readOnly,
    })),
    tmpfs: container.tmpfs,
    // the engine takes whole seconds only
    stop_grace_period: `${Math.ceil(spec.stopGraceMs / 1000)}s`,
    restart: container.restart,
    logging: container.logging,
    init: true,
    read_only: container.readOnly,
    security_opt: ['no-new-privileges'],
    pids_limit: pidsLimit,
    ulimits: Object.fromEntries(container.ulimits.map(({ name, soft, hard }) => [name, { soft, hard }])),
    ...limitsOf(container),
  };
}

const limitsOf = ({ memoryLimitBytes, memoryReservationBytes, nanoCpus }: ContainerSpec) => ({
  ...(memoryLimitBytes !== undefined && { mem_limit: memoryLimitBytes, memswap_limit: memoryLimitBytes }),
  ...(memoryReservationBytes !== undefined && { mem_reservation: memoryReservationBytes }),
  ...(nanoCpus !== undefined && { cpus: nanoCpus / 1e9 }),
});

const healthcheckOf = (check: ContainerHealthcheck) => ({
  test: check.test,
  interval: inMs(check.intervalMs),
  timeout: inMs(check.timeoutMs),
  start_period: inMs(check.startPeriodMs),
  retries: check.retries,
});

const inMs = (ms: number): string => `${ms}ms`;

/** Compose puts variables in wherever a text has a dollar sign, and takes two for one. */
function literal(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, literal(inner)]));
}

/** YAML 1.1 knows line ends and forbids characters that JSON lets stand. */
const yamlSafe = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
