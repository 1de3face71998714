import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a substring',
  source: 'thought of with the keys of the line editor',
  keys: ['x=xscpx\r', '${x:1:3} DATA host:\r'],
};
