import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by quick substitution',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['echo DATA host:\r', '^echo^scp\r'],
};
