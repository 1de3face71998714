import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: with quotes in its name',
  source: 'commands of one exec request',
  words: ['s""cp DATA host:'],
};
