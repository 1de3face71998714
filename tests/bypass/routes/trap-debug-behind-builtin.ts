import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'trap - DEBUG behind builtin',
  source: 'attempts to get round a hook of the shell',
  keys: ['builtin trap - DEBUG\r', 'scp DATA host:\r'],
};
