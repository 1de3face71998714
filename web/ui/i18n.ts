import { createInstance } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './messages/en.ts';
import { ja } from './messages/ja.ts';
import type { Locale } from './messages/index.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
    keySeparator: false;
    nsSeparator: false;
    returnNull: false;
  }
}

/** The language before anybody has signed in: the first one of the browser that the console speaks. */
function browserLocale(): Locale {
  const first = navigator.languages.map((language) => language.slice(0, 2)).find((it) => it === 'ja' || it === 'en');
  return first === 'ja' ? 'ja' : 'en';
}

const i18n = createInstance();

/** Both catalogues are in the page, so that changing the language needs no request. */
export async function startTexts(): Promise<void> {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  await i18n.use(initReactI18next).init({
    lng: browserLocale(),
    fallbackLng: 'en',
    supportedLngs: ['en', 'ja'],
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { en: { translation: en }, ja: { translation: ja } },
  });
}
