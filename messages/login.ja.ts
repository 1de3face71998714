import type { loginEn } from './login.en.ts';

/** What `sekisho login` and `sekisho logout` say, in Japanese. */
export const loginJa: Record<keyof typeof loginEn, string> = {
  'login.open':
    'ブラウザーで {url} を開いてサインインし、画面のコードが {code} であるときだけ承認してください。このコードやリンクを他の人に伝える必要はありません。',
  'login.done': '{name} としてサインインしました ({until} まで)。使える接続先は {targets} 件です。',
  'login.done_api':
    '{name} としてサインインしました ({until} まで)。SSH で使える接続先はありません。ほかのコマンドは sekisho help をご覧ください。',
  'login.include': '~/.ssh/config の先頭にこの行を加えてください (--write を付けて実行しても加えられます): {line}',
  'login.include_added': '~/.ssh/config の先頭に加えました: {line}',
  'login.include_there': '~/.ssh/config にはこの行がすでにあります: {line}',
  'login.try': '接続するには: ssh {name}',
  'logout.done': 'サインアウトしました。サインインの証明書とトークンを失効させ、ファイルを削除しました。',
  'logout.none': 'サインインしていません。削除するファイルもありません。',
  'logout.not_confirmed':
    'ファイルは削除しましたが、失効をゲートウェイが確認していません ({why})。コンソールで終了させてください: {url}/keys',
};
