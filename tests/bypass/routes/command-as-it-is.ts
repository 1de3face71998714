import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: as it is',
  source: 'commands of one exec request',
  words: ['scp DATA host:'],
};
