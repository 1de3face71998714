/** IP addresses and networks as numbers, so that one address has one form: whatever it was written as. */
import { isIP } from 'node:net';

export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** An address block (CIDR, RFC 4632, RFC 4291 §2.3). */
export interface Network extends Address {
  readonly prefix: number;
}

const MAPPED = 0xffffn; // ::ffff:a.b.c.d (RFC 4291 §2.5.5.2)
const TRANSLATED = 0x64ff9b0000000000000000n; // 64:ff9b::a.b.c.d (RFC 6052 §2.1), without its low 32 bits.
const LOW_32 = 0xffffffffn;

/**
 * Reads an address. An IPv6 writing of an IPv4 address (mapped, or translated by NAT64) is that IPv4 address: otherwise
 * a rule about the one would not hold for the other. A zone (`%eth0`) is left out.
 */
export function parseAddress(text: string): Address | undefined {
  const [bare = ''] = text.split('%');
  const version = isIP(bare);
  if (version === 4) return { family: 4, value: fromParts(bare.split('.').map(Number), 8n) };
  if (version !== 6) return undefined;
  const value = fromParts(groups(bare), 16n);
  const high = value >> 32n;
  if (high === MAPPED || high === TRANSLATED) return { family: 4, value: value & LOW_32 };
  return { family: 6, value };
}

/** Reads `address/prefix`, or an address alone as the network of itself. @returns undefined when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [base = '', prefixText, ...more] = text.split('/');
  const address = base.includes('%') ? undefined : parseAddress(base);
  if (address === undefined || more.length > 0) return undefined;
  const bits = address.family === 4 ? 32 : 128;
  // A mapped block is written with IPv6 lengths: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const written = isIP(base) === 6 && address.family === 4 ? 96 : 0;
  if (prefixText === undefined) return { ...address, prefix: bits };
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) - written : -1;
  return prefix >= 0 && prefix <= bits ? { ...address, prefix } : undefined;
}

export function networkHolds(network: Network, address: Address): boolean {
  if (network.family !== address.family) return false;
  const shift = BigInt((network.family === 4 ? 32 : 128) - network.prefix);
  return network.value >> shift === address.value >> shift;
}

const BITS_OF_HOST = 64n;

/**
 * What counts as one source: an IPv4 address, or the network of an IPv6 one, for one host there has 2^64 addresses to
 * come from. Whatever is no address counts as itself.
 */
export function sourceNetwork(sourceAddress: string): string {
  const address = parseAddress(sourceAddress);
  if (address === undefined) return sourceAddress;
  return address.family === 4 ? `4 ${address.value}` : `6 ${address.value >> BITS_OF_HOST}`;
}

/** The eight groups of an IPv6 address that `isIP` took. */
function groups(text: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const hex = (high: string | undefined, low: string | undefined): string =>
    ((Number(high) << 8) | Number(low)).toString(16);
  const plain = dotted === null ? text : `${dotted[1] ?? ''}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`;
  const [head = '', tail] = plain.split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function fromParts(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((value, part) => (value << width) | BigInt(part), 0n);
}
