import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: on a second line',
  source: 'commands of one exec request',
  words: ['true\nscp DATA host:'],
};
