import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'history turned off',
  source: 'attempts to get round a hook of the shell',
  keys: ['set +o history\r', 'scp DATA host:\r'],
};
