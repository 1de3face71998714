import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by fc',
  source: 'terminal routes past a filter that reads the screen',
  keys: [': scp DATA host:\r', "fc -s ': '= :\r"],
};
