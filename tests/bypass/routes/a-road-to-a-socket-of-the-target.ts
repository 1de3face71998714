import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'forward',
  name: 'a road to a socket of the target',
  source: 'OpenSSH PROTOCOL §2.4, direct-streamlocal; ssh -L',
  options: ['-L', 'LOCAL:DOOR_SOCKET'],
};
