import type { Locale, Role } from '../../policy/index.ts';

interface Texts {
  readonly title: string;
  readonly heading: string;
  readonly explanation: string;
  readonly people: string;
  readonly signInAs: string;
  readonly cancel: string;
  readonly otherLanguage: string;
  readonly unknownPerson: string;
  readonly signOutHeading: string;
  readonly signOut: string;
  readonly stay: string;
  readonly signedOut: string;
  readonly failedHeading: string;
  readonly failed: string;
  readonly roles: Readonly<Record<Role, string>>;
}

/** What the sign-in pages say. */
export const TEXTS: Readonly<Record<Locale, Texts>> = {
  en: {
    title: 'Sekisho demonstration sign-in',
    heading: 'Who are you today?',
    explanation:
      'This sign-in belongs to the demonstration: seven invented people, no passwords, reachable from this machine only. In production your own identity provider stands here.',
    people: 'People of the demonstration',
    signInAs: 'Sign in as {name}',
    cancel: 'Cancel the sign-in',
    otherLanguage: '日本語で表示',
    unknownPerson: 'Nobody of that name works here. Choose one of these people.',
    signOutHeading: 'Sign out of the identity provider?',
    signOut: 'Sign out',
    stay: 'Stay signed in',
    signedOut: 'You are signed out.',
    failedHeading: 'The sign-in did not work',
    failed: 'Go back to the page you came from and start again.',
    roles: {
      maintainer: 'Maintainer',
      owner: 'System owner',
      auditor: 'Auditor',
      security_officer: 'Security officer',
      administrator: 'Administrator',
    },
  },
  ja: {
    title: 'Sekisho デモ用サインイン',
    heading: 'どの方としてサインインしますか',
    explanation:
      'このサインイン画面はデモ専用です。登場する7名は架空の人物で、パスワードはなく、この端末からしか利用できません。本番環境では自社の ID プロバイダーに置き換わります。',
    people: 'デモの登場人物',
    signInAs: '{name} としてサインイン',
    cancel: 'サインインを中止',
    otherLanguage: 'Show in English',
    unknownPerson: 'その名前の人物はいません。次の一覧から選んでください。',
    signOutHeading: 'ID プロバイダーからサインアウトしますか',
    signOut: 'サインアウトする',
    stay: 'サインインしたままにする',
    signedOut: 'サインアウトしました。',
    failedHeading: 'サインインできませんでした',
    failed: '元の画面に戻り、もう一度やり直してください。',
    roles: {
      maintainer: '保守者',
      owner: '運用責任者',
      auditor: '内部監査',
      security_officer: '情報セキュリティ推進',
      administrator: 'システム管理者',
    },
  },
};

/** The first of the wanted languages that we speak (BCP 47, as in `ui_locales` or Accept-Language); else English. */
export function chooseLocale(...wishes: readonly (string | undefined)[]): Locale {
  for (const wish of wishes) {
    const first = /\b(en|ja)\b/i.exec(wish ?? '')?.[1];
    if (first !== undefined) return first.toLowerCase() === 'ja' ? 'ja' : 'en';
  }
  return 'en';
}
