import { en } from './en.ts';
import { ja } from './ja.ts';

export { SIGN_IN_WORDS } from './sign-in-words.ts';
export type MessageKey = keyof typeof en;

/** The message in the person's language, with each {name} filled in. */
export function message(
  locale: 'en' | 'ja',
  key: MessageKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const template: string = locale === 'ja' ? ja[key] : en[key];
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Both catalogues, for the test that compares them. */
export const CATALOGUES: Readonly<Record<'en' | 'ja', Readonly<Record<string, string>>>> = { en, ja };
