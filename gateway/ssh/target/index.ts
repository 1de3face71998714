export { type LookDeps, readTargetAccounts } from './accounts.ts';
export { type AddressPolicy, type AddressRules, createAddressPolicy } from '../../address-policy.ts';
export { type ChangeDeps, changeTargetSecret } from './change-secret.ts';
export type { ChannelOptions, TargetConnection, Terminal } from './connection.ts';
export { type DialDeps, dialTarget } from './dial.ts';
export { DialFailure } from './failure.ts';
export { FirstChoices } from './first-choices.ts';
export { dialForSession } from './for-session.ts';
export { type HostShown, lookAtHost, probeTarget, type Shown } from './probe.ts';
