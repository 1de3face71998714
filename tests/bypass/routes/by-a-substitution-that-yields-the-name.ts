import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a substitution that yields the name',
  source: 'thought of with the keys of the line editor',
  keys: ['$(echo scp) DATA host:\r'],
};
