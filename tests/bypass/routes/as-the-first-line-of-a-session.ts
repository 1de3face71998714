import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'as the first line of a session',
  source: 'jumpserver#3357: the first command is not filtered',
  keys: ['scp DATA host:\r'],
};
