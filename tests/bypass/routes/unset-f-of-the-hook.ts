import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'unset -f of the hook',
  source: 'attempts to get round a hook of the shell',
  keys: ['unset -f __sekisho_hook __sekisho_judged\r', 'scp DATA host:\r'],
};
