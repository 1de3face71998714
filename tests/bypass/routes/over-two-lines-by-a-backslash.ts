import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'over two lines by a backslash',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['sc\\\rp DATA host:\r'],
  isRaw: true,
};
