/** What is read first in a bundle, in both languages. */
import { type MessageKey, message } from '../../messages/index.ts';
import type { Manifest } from '../../evidence/index.ts';

const LINES: readonly MessageKey[] = [
  'bundle.readme.title',
  'bundle.readme.what',
  'bundle.readme.how',
  'bundle.readme.policy',
  'bundle.readme.words',
  'bundle.readme.VERIFIED',
  'bundle.readme.VERIFIED-UNWITNESSED',
  'bundle.readme.INCOMPLETE',
  'bundle.readme.TAMPERED',
  'bundle.readme.read',
  'bundle.readme.formats',
];

export function bundleReadme(language: 'en' | 'ja', { scope, made, build }: Manifest): Uint8Array {
  const about =
    scope.kind === 'period'
      ? message(language, 'bundle.scope.period', { from: scope.from, to: scope.to })
      : message(language, 'bundle.scope.sessions', { sessions: scope.sessions.join(', ') });
  const words = LINES.map((key) => message(language, key, { about, made, build }));
  return Buffer.from(`${words.join('\n\n')}\n`);
}
