/** A network of the engine, or one that a part is to have. */
export interface NamedSubnet {
  network: string;
  /** IPv4, as CIDR: `10.213.217.240/28`. */
  subnet: string;
}

/** A subnet that is wanted, and the network that has some of its addresses already. */
export interface TakenSubnet extends NamedSubnet {
  takenBy: NamedSubnet;
}

/**
 * The engine refuses a network whose addresses another one has, in the middle of a start: better to know before it.
 * @param there networks of the engine; those of the same name are the wanted ones, from a start before
 */
export function takenSubnets(wanted: readonly NamedSubnet[], there: readonly NamedSubnet[]): TakenSubnet[] {
  return wanted.flatMap((one) => {
    const takenBy = there.find((other) => other.network !== one.network && overlap(one.subnet, other.subnet));
    return takenBy === undefined ? [] : [{ ...one, takenBy }];
  });
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== null && b !== null && a.first <= b.last && b.first <= a.last;
}

/** First and last address as numbers; null for what is no IPv4 network. */
function rangeOf(subnet: string): { first: number; last: number } | null {
  const [, bytes = '', length] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(subnet) ?? [];
  if (length === undefined) return null;
  const address = bytes.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}
