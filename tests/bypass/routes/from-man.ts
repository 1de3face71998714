import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'from man',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['MANPAGER=less man bash\r', '!scp DATA host:\r\r', 'q'],
  isRaw: true,
};
