import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by history expansion',
  source: 'terminal routes past a filter that reads the screen',
  keys: [': scp DATA host:\r', '!:1*\r'],
};
