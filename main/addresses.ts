import type { Config } from '../config/index.ts';
import { type AddressPolicy, createAddressPolicy } from '../gateway/index.ts';

/** Which addresses this configuration lets the bastion dial. The demo's target stands on this very machine. */
export function addressesOf({ mode, targets }: Pick<Config, 'mode' | 'targets'>): AddressPolicy {
  const { allowedNetworks: allowed, deniedNetworks: denied } = targets;
  return createAddressPolicy({ allowed, denied, loopback: mode === 'demo' });
}
