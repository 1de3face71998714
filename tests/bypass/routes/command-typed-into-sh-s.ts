import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: typed into sh -s',
  source: 'commands of one exec request',
  words: ['sh -s'],
  stdin: 'scp DATA host:\n',
};
