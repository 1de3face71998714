import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'between characters that show nothing',
  source: 'thought of with the keys of the line editor',
  keys: ["$'s\\u0063p' DATA host:\r"],
};
