import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a function',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['f() { scp "$@"; }\r', 'f DATA host:\r'],
};
