import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'set +o functrace',
  source: 'attempts to get round a hook of the shell',
  keys: ['set +o functrace\r', '(scp DATA host:)\r'],
};
