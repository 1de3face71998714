import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in tmux',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['tmux new scp DATA host:\r'],
  isRaw: true,
};
