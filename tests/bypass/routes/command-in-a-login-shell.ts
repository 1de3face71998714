import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: in a login shell',
  source: 'commands of one exec request',
  words: ["bash -lc 'scp DATA host:'"],
};
