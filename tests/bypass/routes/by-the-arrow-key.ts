import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by the arrow key',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['true scp DATA host:\r', '\u001b[A\u0001\u001bd\r'],
};
