/**
 * The header that a load balancer puts before a connection to say who really came. Read strictly: whoever can write it
 * chooses the source address that limits, approvals and the audit events go by.
 * Source: HAProxy, "The PROXY protocol", versions 1 and 2 (2020/03/05), §2.
 */
import { ByteReader, hasCode, LIMITS } from '../../foundation/index.ts';

export type ProxyHeader =
  /** What came is the beginning of a header. */
  | { readonly state: 'incomplete' }
  | { readonly state: 'refused' }
  /** `sourceAddress` is null when the balancer speaks for itself (a health check). `bytes`: its length. */
  | { readonly state: 'complete'; readonly sourceAddress: string | null; readonly bytes: number };

const INCOMPLETE = { state: 'incomplete' } as const;
const REFUSED = { state: 'refused' } as const;

const V1_START = Buffer.from('PROXY ');
const V1_BYTES_MAX = 107;
const V1_TCP4 = /^PROXY TCP4 ([0-9.]{7,15}) ([0-9.]{7,15}) (\d{1,5}) (\d{1,5})$/;
const V1_TCP6 = /^PROXY TCP6 ((?=[^ ]*:)[0-9a-fA-F:.]{2,45}) ((?=[^ ]*:)[0-9a-fA-F:.]{2,45}) (\d{1,5}) (\d{1,5})$/;

const V2_START = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const V2_FIXED_BYTES = V2_START.length + 4;
const [LOCAL, PROXY] = [0x20, 0x21];
const [TCP4, TCP6] = [0x11, 0x21];

/** Reads the header at the start of `bytes`, of either version. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsAlike(bytes, V2_START)) return parseVersion2(bytes);
  return startsAlike(bytes, V1_START) ? parseVersion1(bytes) : REFUSED;
}

/** Whether `bytes` begins with `start`, or is the beginning of it. */
function startsAlike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function parseVersion1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, V1_BYTES_MAX).indexOf('\r\n');
  if (end === -1) return bytes.length >= V1_BYTES_MAX ? REFUSED : INCOMPLETE;
  const line = bytes.subarray(0, end).toString('latin1');
  const length = end + 2;
  if (line === 'PROXY UNKNOWN') return { state: 'complete', sourceAddress: null, bytes: length };
  const [, source, destination, ...ports] = V1_TCP4.exec(line) ?? V1_TCP6.exec(line) ?? [];
  if (source === undefined || destination === undefined || !ports.every(isPort)) return REFUSED;
  const sourceAddress = plainAddress(source);
  if (sourceAddress === undefined || plainAddress(destination) === undefined) return REFUSED;
  return { state: 'complete', sourceAddress, bytes: length };
}

function isPort(text: string): boolean {
  return String(Number(text)) === text && Number(text) <= 0xffff;
}

function parseVersion2(bytes: Buffer): ProxyHeader {
  if (bytes.length < V2_FIXED_BYTES) return INCOMPLETE;
  const length = V2_FIXED_BYTES + bytes.readUInt16BE(V2_FIXED_BYTES - 2);
  if (length > LIMITS.proxyHeaderBytesMax) return REFUSED;
  if (bytes.length < length) return INCOMPLETE;
  try {
    return readVersion2(new ByteReader(bytes.subarray(V2_START.length, length)), length);
  } catch (thrown) {
    if (hasCode(thrown, 'protocol_violation')) return REFUSED;
    throw thrown;
  }
}

function readVersion2(reader: ByteReader, bytes: number): ProxyHeader {
  const command = reader.uint8();
  const family = reader.uint8();
  reader.uint16(); // The length, read before.
  // Whatever addresses stand in a LOCAL header are to be ignored (§2.2).
  if (command === LOCAL) return { state: 'complete', sourceAddress: null, bytes };
  const size = family === TCP4 ? 4 : 16;
  if (command !== PROXY || (family !== TCP4 && family !== TCP6)) return REFUSED;
  const source = reader.take(size);
  reader.take(size + 4); // The destination and both ports.
  while (reader.remaining > 0) {
    reader.uint8(); // The type of an extension nobody here reads; its length has to be right all the same.
    reader.take(reader.uint16());
  }
  const sourceAddress = plainAddress(size === 4 ? source.join('.') : groupsOf(source));
  return sourceAddress === undefined ? REFUSED : { state: 'complete', sourceAddress, bytes };
}

function groupsOf(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16)).join(':');
}

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * The one writing of an address (RFC 5952); an IPv4 address in IPv6's clothes becomes IPv4: two writings of one source
 * would have twice its limits.
 */
export function plainAddress(text: string): string | undefined {
  const url = text.includes(':') ? `http://[${text}]/` : `http://${text}/`;
  const isWhole = text.includes(':') ? !/[^0-9a-fA-F:.]/.test(text) : /^(\d{1,3}\.){3}\d{1,3}$/.test(text);
  if (!isWhole || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  // A part with a leading zero is octal to a URL and decimal to others.
  if (!text.includes(':')) return hostname === text ? text : undefined;
  const address = hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 0xff, b >> 8, b & 0xff].join('.');
}
