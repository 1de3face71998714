import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a quoted byte',
  source: 'terminal routes past a filter that reads the screen',
  keys: ["$'\\x73cp' DATA host:\r"],
};
