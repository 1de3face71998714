import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { isMessageKey } from '../i18n.ts';
import type { Locale } from '../messages/index.ts';

/** The language the page speaks now. */
export function useLocale(): Locale {
  return useTranslation().i18n.language === 'ja' ? 'ja' : 'en';
}

/** Looks up a name for a code of the server, such as `state` + `requested`; a code without a name is shown as it is. */
export function useNameOf(): (group: string, code: string) => string {
  const { t } = useTranslation();
  return (group, code) => {
    const key = `${group}.${code}`;
    return isMessageKey(key) ? t(key as never) : code;
  };
}

/** Of a title in both languages the one that is read now. */
export function useTitle(): (title: { readonly en: string; readonly ja: string }) => string {
  const locale = useLocale();
  return useCallback((title) => title[locale], [locale]);
}
