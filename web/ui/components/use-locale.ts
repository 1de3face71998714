import { useTranslation } from 'react-i18next';
import { isMessageKey, type Locale } from '../messages/index.ts';

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
