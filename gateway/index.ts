export { loadSiteKey } from './http/identity/site-key.ts';
export { listenSites, type SiteListener } from './http/listener.ts';
export type { HttpDeps } from './http/model.ts';
export { createSitePlace, type SitePlace } from './http/place.ts';
export { keepActivity } from './live-control/activity.ts';
export { type ControlRequest, controlSession } from './live-control/command.ts';
export { applyControl, CONTROL_CHANNEL, rereadControls } from './live-control/control.ts';
export { loadMeterKey, Meters } from './metering/index.ts';
export { recheckSessions, recoverSessions } from './live-sessions.ts';
export { SessionRegistry } from './session-registry.ts';
export { type HostKey, loadHostKey } from './ssh/host-key.ts';
export { createHostKeys, hostAuthorityLine } from './ssh/jump/host-keys.ts';
export { type Refined, refineStatement, StatementReader } from './statement-reader/index.ts';
export { type Acceptor, type AcceptorOptions, listenSsh } from './ssh/acceptor.ts';
export type { Place } from './ssh/door.ts';
export { serveFront } from './ssh/front.ts';
export { type Attempt, Throttle } from './ssh/authentication/index.ts';
export { createSshServer, type SshServer } from './ssh/listener.ts';
export type { SshDeps } from './ssh/model.ts';
export { MAINTAINER_LEG } from './ssh/algorithms.ts';
export { requireNativeBinding, requirePatchedLibrary } from './ssh/library/index.ts';
export {
  TerminalDesk,
  TerminalHost,
  type TerminalPlace,
  type TerminalSeat,
  type Upgrade,
} from './terminal/index.ts';
export {
  type AddressPolicy,
  type ErrandDeps,
  changeTargetSecret,
  createAddressPolicy,
  type DialDeps,
  DialFailure,
  dialTarget,
  type LookDeps,
  lookAtHost,
  probeTarget,
  readTargetAccounts,
} from './ssh/target/index.ts';
