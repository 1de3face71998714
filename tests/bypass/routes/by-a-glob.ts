import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a glob',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['d=STUB\r', '${d%scp}s[c]p DATA host:\r'],
};
