import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'trap - DEBUG',
  source: 'attempts to get round a hook of the shell',
  keys: ['trap - DEBUG\r', 'scp DATA host:\r'],
};
