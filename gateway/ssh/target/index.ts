export { type ChannelOptions, type DialDeps, dialTarget, type TargetConnection, type Terminal } from './dial.ts';
