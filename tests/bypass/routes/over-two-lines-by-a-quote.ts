import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'over two lines by a quote',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['scp "DATA\r" host:\r'],
  isRaw: true,
};
