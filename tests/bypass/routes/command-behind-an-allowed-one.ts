import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: behind an allowed one',
  source: 'jumpserver#11527',
  words: ['ls; scp DATA host:'],
};
