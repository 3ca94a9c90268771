import { isIPv4, isIPv6 } from 'node:net';
import { checkedText } from '../fields.ts';

const expected = 'an address or network such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32';

/** An IP address, or a network in CIDR notation. */
export const network = checkedText(expected, (value) => {
  const [address = '', bits, ...more] = value.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : 0;
  const right = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return most > 0 && right && more.length === 0 ? undefined : `must be ${expected}`;
});
