import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'pasted',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['\u001b[200~true\rscp DATA host:\r\u001b[201~\r'],
  isRaw: true,
};
