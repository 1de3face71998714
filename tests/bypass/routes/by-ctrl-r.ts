import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by ^R',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['true scp DATA host:\r', '\u0012scp\u0001\u001b[3~\u001b[3~\u001b[3~\u001b[3~\u001b[3~\r'],
};
