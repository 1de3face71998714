import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by its path',
  source: 'commands of one exec request',
  words: ['STUB DATA host:'],
};
