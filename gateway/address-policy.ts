/** Which addresses may be dialled at all, whatever the inventory says. */
import {
  type Address,
  invariant,
  type Network,
  networkHolds,
  parseAddress,
  parseNetwork,
} from '../foundation/index.ts';

export interface AddressRules {
  /** CIDRs; empty allows every address that nothing denies. */
  readonly allowed: readonly string[];
  /** CIDRs. */
  readonly denied: readonly string[];
  /** Whether targets on the gateway's own host may be dialled without being named. */
  readonly loopback: boolean;
}

export interface AddressPolicy {
  /** Why this address is not dialled, for an administrator; undefined when it may be. */
  refusal(address: string): string | undefined;
}

interface Rule {
  readonly network: Network;
  readonly text: string;
}

/**
 * No target stands there. Link-local addresses lead to the metadata service of a cloud, which hands out the gateway's
 * own credentials; loopback leads to the gateway's own doors, behind its firewall.
 */
const SPECIAL = ['169.254.0.0/16', 'fe80::/10', '0.0.0.0/8', '::', '224.0.0.0/4', 'ff00::/8', '240.0.0.0/4'];
/** Metadata services outside of the link-local networks, most of them in networks that are otherwise private ones. */
const METADATA = [
  '100.100.100.200', // Alibaba Cloud
  '168.63.129.16', // Azure's WireServer
  '192.0.0.192', // Oracle Cloud, classic
  'fd00:ec2::254', // AWS
  'fd20:ce::254', // Google Cloud
  'fd00:c1::a9fe:a9fe', // Oracle Cloud
  'fd00:42::42', // Scaleway
];
const LOOPBACK = ['127.0.0.0/8', '::1'];

/**
 * `denied` always wins. A special network is open only to an entry of `allowed` at least as narrow: `0.0.0.0/0` does
 * not open the metadata service by accident.
 */
export function createAddressPolicy(rules: AddressRules): AddressPolicy {
  const allowed = rules.allowed.map(readRule);
  const denied = rules.denied.map(readRule);
  const special = [...SPECIAL, ...METADATA, ...(rules.loopback ? [] : LOOPBACK)].map(readRule);
  return {
    refusal: (text) => {
      const address = parseAddress(text);
      if (address === undefined) return `${text} is no address`;
      const named = allowed.filter(holding(address));
      const no = denied.find(holding(address));
      if (no !== undefined) return `${text} is in ${no.text}, which targets.denied_networks names`;
      const reserved = special.find(holding(address));
      if (reserved !== undefined && !named.some(({ network }) => network.prefix >= reserved.network.prefix)) {
        return `${text} is in ${reserved.text}, where no target stands`;
      }
      if (allowed.length > 0 && named.length === 0) return `${text} is in no network of targets.allowed_networks`;
      return undefined;
    },
  };
}

function readRule(text: string): Rule {
  const network = parseNetwork(text);
  invariant(network, 'a network that the configuration took can be read');
  return { network, text };
}

function holding(address: Address): (rule: Rule) => boolean {
  return ({ network }) => networkHolds(network, address);
}
