/**
 * Whose server listens on a port of the target, from the kernel's own list. Pure.
 *
 * It keeps a person from reaching the database or somebody else's server by mistake or by habit. It does not bind a
 * person who wants to: their shell prints the list, and who may start a server may start a relay as well. That is why
 * `develop` is a grant of its own, and why the bytes are recorded.
 */

/** The user's number, then the list of the kernel (proc_pid_net(5)); by their paths, past aliases and PATH. */
export const LISTENERS_COMMAND = '/usr/bin/id -u; /bin/cat /proc/net/tcp /proc/net/tcp6 2>/dev/null';

const LISTENING = '0A';
/** `0100007F:1F90`: the address in the host's byte order, the port in hexadecimal. */
const LOCAL = /^[0-9A-F]{8,32}:([0-9A-F]{4})$/;

/** Whether somebody listens on `port`, and whoever does is the user in the first line. */
export function isOwnListener(listing: string, port: number): boolean {
  const [user = '', ...lines] = listing.split('\n');
  if (!/^\d{1,10}$/.test(user.trim())) return false;
  const owners = lines.map((line) => ownerOf(line, port)).filter((owner) => owner !== undefined);
  return owners.length > 0 && owners.every((owner) => owner === user.trim());
}

function ownerOf(line: string, port: number): string | undefined {
  const [, local = '', , state, , , , owner] = line.trim().split(/\s+/);
  const [, hex] = LOCAL.exec(local) ?? [];
  if (hex === undefined || state !== LISTENING || Number.parseInt(hex, 16) !== port) return undefined;
  return owner ?? '';
}
