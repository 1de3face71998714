import type { accountsEn } from './accounts.en.ts';

/** サーバー上のアカウント */
export const accountsJa = {
  'nav.accounts': 'サーバーのアカウント',
  'accounts.title': 'サーバー上のアカウント',
  'accounts.intro':
    'ゲートウェイは1日1回、各サーバーにあるアカウントを確認し、登録済みのアカウントと照合します。確認には専用のアカウントを使い、その証明書では決められた1つのコマンドしか実行できません。',
  'accounts.now': '今すぐ確認',
  'accounts.asked': '確認を受け付けました。結果は1分ほどでここに表示されます。',
  'accounts.none': 'サーバーはまだ登録されていません。',
  'accounts.column.target': 'サーバー',
  'accounts.column.looked': '最終確認',
  'accounts.column.found': '確認結果',
  'accounts.notLooked': '対象外 (確認用アカウントの登録なし)',
  'accounts.waiting': '未確認',
  'accounts.unread': '確認できませんでした ({{code}})',
  'accounts.clean': '{{n}} 件、すべて登録どおりです',
  'accountFinding.unknown': '所有者不明',
  'accountFinding.shared': '共有',
  'accountFinding.left': '退職・契約終了者',
  'accountFinding.dormant': '休眠',
  'accountFinding.missing': 'サーバーに存在しない',
  'notice.accounts.found': '確認が必要なアカウントがサーバーにあります',
  'event.accounts.compared': 'サーバー上のアカウントの照合',
  'event.accounts.unread': 'サーバー上のアカウントを確認できず',
  'field.accounts': 'アカウント数',
  'field.found': '確認結果',
  'field.fresh': '新規',
} as const satisfies Record<keyof typeof accountsEn, string>;
