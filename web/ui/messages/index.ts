import { en } from './en.ts';
import { ja } from './ja.ts';

export type Locale = 'en' | 'ja';
export type MessageKey = keyof typeof en;

/** Both languages of the console. */
export const CATALOGUES: Readonly<Record<Locale, Readonly<Record<MessageKey, string>>>> = { en, ja };
