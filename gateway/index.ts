export { recheckSessions, recoverSessions } from './live-sessions.ts';
export { SessionRegistry } from './session-registry.ts';
export { type HostKey, loadHostKey } from './ssh/host-key.ts';
export { listenSsh, type SshListener } from './ssh/listener.ts';
