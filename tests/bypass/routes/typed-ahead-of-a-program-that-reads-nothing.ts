import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'typed ahead of a program that reads nothing',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['sleep 0.2\rscp DATA host:\r'],
  isRaw: true,
};
