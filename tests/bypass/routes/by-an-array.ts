import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by an array',
  source: 'thought of with the keys of the line editor',
  keys: ['a=(scp DATA host:)\r', '"${a[@]}"\r'],
};
