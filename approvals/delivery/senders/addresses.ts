/** Where a webhook may lead. An address book of this house is not one: only what everybody reaches, and what is named. */
import {
  type Address,
  invariant,
  type Network,
  networkHolds,
  parseAddress,
  parseNetwork,
} from '../../../foundation/index.ts';

/**
 * What is not the open internet (RFC 6890 and the registries it began): a name that leads here would make the gateway
 * ask its own neighbours, or a cloud's metadata service, on behalf of whoever owns the name (server-side request forgery).
 */
const INTERNAL = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', '168.63.129.16'],
  ...['::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', 'fc00::/7', 'fe80::/10'],
  ...['fec0::/10', 'ff00::/8'],
];

/** Reports whether this address may be asked; `allowed` are CIDRs that the configuration names. */
export function createAddressRule(allowed: readonly string[]): (address: string) => boolean {
  const read = (text: string): Network => {
    const network = parseNetwork(text);
    invariant(network, 'a network that the configuration took can be read');
    return network;
  };
  const [internal, named] = [INTERNAL.map(read), allowed.map(read)];
  const isIn = (networks: readonly Network[], address: Address): boolean =>
    networks.some((network) => networkHolds(network, address));
  return (text) => {
    const address = parseAddress(text);
    if (address === undefined) return false;
    return !isIn(internal, address) || isIn(named, address);
  };
}
