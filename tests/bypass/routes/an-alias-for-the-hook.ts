import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'an alias for the hook',
  source: 'attempts to get round a hook of the shell',
  keys: ['alias __sekisho_hook=:\r', 'scp DATA host:\r'],
};
