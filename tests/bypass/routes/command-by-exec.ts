import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by exec',
  source: 'commands of one exec request',
  words: ['exec scp DATA host:'],
};
