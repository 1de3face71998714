import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'with no echo',
  source: 'terminal recorders: stty -echo',
  keys: ['stty -echo\r', 'scp DATA host:\r'],
};
