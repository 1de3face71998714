import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'hash -p',
  source: 'attempts to get round a hook of the shell',
  keys: ['hash -p STUB ls\r', 'ls DATA host:\r'],
};
