import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a name with quotes',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['s""cp DATA host:\r'],
};
