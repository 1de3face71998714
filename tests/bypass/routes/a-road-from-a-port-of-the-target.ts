import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'forward',
  name: 'a road from a port of the target',
  source: 'RFC 4254 §7.1, tcpip-forward; ssh -R',
  options: ['-R', 'LOCAL:127.0.0.1:DOOR'],
};
