/** Fixed addresses in the network of the front alone: nginx asks no DNS, and the router believes nobody else. */
export function frontAddresses(subnet: string) {
  const [base = ''] = subnet.split('/');
  const [a, b, c, d] = base.split('.').map(Number);
  // The first one is the network's gateway.
  const at = (place: number): string => [a, b, c, (d ?? 0) + place].join('.');
  return { subnet, router: at(2), server: at(3), front: at(4) };
}

/** An IPv4 network of 16 addresses. */
export const isFrontSubnet = (word: string): boolean => {
  const [, ...octets] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/28$/.exec(word) ?? [];
  const numbers = octets.map(Number);
  return numbers.length === 4 && numbers.every((one) => one <= 255) && (numbers[3] ?? 1) % 16 === 0;
};
