import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by two variables',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['a=s b=cp\r', '$a$b DATA host:\r'],
};
