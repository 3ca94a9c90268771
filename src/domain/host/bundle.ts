import type { ServiceMemory } from './memory.ts';
import type { NamedSubnet } from './subnets.ts';

/** A folder that `siskin init host` wrote, as it is read back. */
export interface HostBundle {
  /** Absolute. */
  folder: string;
  project: string;
  /** Of COMPOSE_PROFILES. */
  profiles: string[];
  /** What HOST_MEMORY says; null when it says nothing. */
  memoryBytes: number | null;
  /** In the order of the root file's `include`: that is the order in which they start. */
  parts: BundlePart[];
  /** Of the Compose files below apps/. */
  apps: ServiceMemory[];
  /** Variables that still say CHANGE-ME, as `FILE: NAME`. */
  unfilled: string[];
}

export interface BundlePart {
  name: string;
  /** Absolute paths. */
  file: string;
  envFile: string;
  services: ServiceMemory[];
  /** External networks, which must be there before the part starts. */
  networks: { name: string; internal: boolean }[];
  /** Of its own networks, by the Compose file's names, those whose addresses are fixed. */
  subnets: NamedSubnet[];
}

/** Whether any of the part's services runs under these profiles. */
export const isActive = ({ services }: BundlePart, profiles: readonly string[]): boolean =>
  services.some(
    (service) => service.profiles.length === 0 || service.profiles.some((one) => profiles.includes(one)),
  );

/** The parts that run on this machine, in the order in which they start. */
export const activeParts = ({ parts, profiles }: HostBundle): BundlePart[] =>
  parts.filter((part) => isActive(part, profiles));

/** The networks that they need, each once. */
export const neededNetworks = (parts: readonly BundlePart[]): { name: string; internal: boolean }[] => [
  ...new Map(parts.flatMap(({ networks }) => networks).map((network) => [network.name, network])).values(),
];

/** The addresses that networks of this machine's parts are to have, under the names that Compose gives them. */
export const fixedSubnets = (bundle: HostBundle): NamedSubnet[] =>
  activeParts(bundle).flatMap(({ subnets }) =>
    subnets.map(({ network, subnet }) => ({ network: `${bundle.project}_${network}`, subnet })),
  );

/** Memory of everything: services of the bundle, and the apps that Siskin runs beside them. */
export const memoryOf = ({ parts, apps }: HostBundle): ServiceMemory[] => [
  ...parts.flatMap(({ services }) => services),
  ...apps,
];
