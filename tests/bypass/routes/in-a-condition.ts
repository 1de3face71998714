import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a condition',
  source: 'thought of with the keys of the line editor',
  keys: ['if scp DATA host:; then :; fi\r'],
};
