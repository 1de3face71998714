import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a child bash',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['bash\r', 'scp DATA host:\r', 'exit\r'],
  isRaw: true,
};
