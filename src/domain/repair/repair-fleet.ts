import { parseReplicaName, replicaName } from '../names.ts';
import type { GlancedReplica, ObservedServer } from '../observation.ts';
import type { RolloutSpec } from '../service-spec.ts';
import { notesOf, type RepairNotes, type ReplicaNotes } from './repair-notes.ts';

/** What is true now, as Docker and the router tell it. */
export interface Seen {
  replicas: readonly GlancedReplica[];
  servers: readonly ObservedServer[];
  /** Containers with a replica's labels under a name that Siskin did not give. */
  strays: readonly string[];
}

/** All that a repair is decided from. */
export interface RepairSituation {
  /** The release that should serve, and what it says of itself. */
  release: number;
  spec: Pick<RolloutSpec, 'replicas' | 'port' | 'health' | 'drainTimeoutMs' | 'stopGraceMs'>;
  observed: Seen;
  notes: RepairNotes;
  /** Now, in ms on a clock that never goes back. */
  t: number;
}

/** One replica with what Docker, the router and the notes say of it. */
export interface Place {
  name: string;
  release: number;
  slot: number;
  replica: GlancedReplica | null;
  server: ObservedServer | null;
  notes: ReplicaNotes;
}

export interface RepairFleet {
  /** Slots 1..n of the release that should serve; also those that are empty. */
  own: Place[];
  /** Replicas and servers that no record owns. */
  others: Place[];
}

/** Sorts what is observed into what should be there and what should not. */
export function repairFleet({ release, spec, observed, notes }: RepairSituation): RepairFleet {
  const replicas = new Map(observed.replicas.map((replica) => [replica.name, replica]));
  const servers = new Map(observed.servers.map((server) => [server.name, server]));
  const place = (name: string, of: number, slot: number): Place => ({
    name,
    release: of,
    slot,
    replica: replicas.get(name) ?? null,
    server: servers.get(name) ?? null,
    notes: notesOf(notes, name),
  });
  const slots = Array.from({ length: spec.replicas }, (_, index) => index + 1);
  const own = slots.map((slot) => place(replicaName(release, slot), release, slot));
  const expected = new Set(own.map(({ name }) => name));
  const others = [...new Set([...replicas.keys(), ...servers.keys()])]
    .filter((name) => !expected.has(name))
    .sort()
    .map((name) => {
      const parsed = parseReplicaName(name);
      return place(name, parsed?.release ?? 0, parsed?.slot ?? 0);
    });
  return { own, others };
}

/** The server leads to its own replica, which runs. */
export const leadsHome = ({ replica, server }: Place, port: number): boolean =>
  server !== null &&
  replica?.status === 'running' &&
  replica.address === server.address &&
  server.port === port;

/** It takes new requests and its replica runs. */
export const serves = (place: Place, port: number): boolean =>
  place.server?.state === 'ready' && place.server.weight > 0 && leadsHome(place, port);

/** The addresses of those that run. */
export const addressesOf = (places: readonly Place[]): Set<string> =>
  new Set(
    places.flatMap(({ replica }) =>
      replica?.status === 'running' && replica.address !== null ? [replica.address] : [],
    ),
  );
