import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind horizontal scrolling',
  source: 'terminal routes past a filter that reads the screen',
  keys: ["bind 'set horizontal-scroll-mode on'\r", 'scp DATA host:\r'],
};
