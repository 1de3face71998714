import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a select',
  source: 'thought of with the keys of the line editor',
  keys: ['select x in a; do scp DATA host:; break; done\r', '1\r'],
};
