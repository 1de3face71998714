import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by its path',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['STUB DATA host:\r'],
};
