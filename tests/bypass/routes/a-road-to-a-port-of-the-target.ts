import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'forward',
  name: 'a road to a port of the target',
  source: 'RFC 4254 §7.2, direct-tcpip; ssh -L',
  options: ['-L', 'LOCAL:127.0.0.1:DOOR'],
};
