import { type BackendModule, createInstance } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { en } from './messages/en.ts';
import type { Locale, MessageKey } from './messages/index.ts';

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

/** The catalogue of the language that is read, and of no other until it is chosen: they are the largest part of a page. */
const CATALOGUES: Readonly<Record<Locale, () => Promise<Readonly<Record<MessageKey, string>>>>> = {
  en: async () => (await import('./messages/en.ts')).en,
  ja: async () => (await import('./messages/ja.ts')).ja,
};

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (language, _namespace, done) => {
    CATALOGUES[language === 'ja' ? 'ja' : 'en']().then(
      (texts) => done(null, texts),
      (thrown: unknown) => done(thrown instanceof Error ? thrown : String(thrown), null),
    );
  },
};

export async function startTexts(): Promise<void> {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  await i18n
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: browserLocale(),
      fallbackLng: false,
      supportedLngs: ['en', 'ja'],
      keySeparator: false,
      nsSeparator: false,
      interpolation: { escapeValue: false },
      // The language changes when its texts are there; until then the page stays as it is.
      react: { useSuspense: false },
    });
}

/** Whether a composed key, such as a name for a code the server sent, has a text. */
export function isMessageKey(key: string): key is MessageKey {
  return i18n.exists(key);
}

/** All keys that have a text. */
export function messageKeys(): readonly string[] {
  return Object.keys(i18n.getResourceBundle(i18n.language, 'translation') as object);
}
