import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: in a shell',
  source: 'commands of one exec request',
  words: ["sh -c 'scp DATA host:'"],
};
