import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'trap ERR',
  source: 'attempts to get round a hook of the shell',
  keys: ["trap 'scp DATA host:' ERR\r", 'false\r'],
};
