import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: as the script of a shell without a terminal',
  source: 'koko: a shell without a terminal is a tunnel',
  words: [],
  options: ['-T'],
  stdin: 'scp DATA host:\n',
};
