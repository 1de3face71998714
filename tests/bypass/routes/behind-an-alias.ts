import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind an alias',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['alias x=scp\r', 'x DATA host:\r'],
};
