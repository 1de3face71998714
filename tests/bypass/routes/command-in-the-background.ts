import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: in the background',
  source: 'commands of one exec request',
  words: ['scp DATA host: & wait'],
};
