import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a loop',
  source: 'thought of with the keys of the line editor',
  keys: ['until scp DATA host:; do break; done\r'],
};
