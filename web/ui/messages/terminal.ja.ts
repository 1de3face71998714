import type { terminalEn } from './terminal.en.ts';

/** ブラウザーの端末、日本語。 */
export const terminalJa: Readonly<Record<keyof typeof terminalEn, string>> = {
  'event.terminal.opened': 'ブラウザーで端末を開いた',
  'event.terminal.resumed': 'ブラウザーが端末に再接続した',
  'event.terminal.refused': 'ブラウザーの端末を拒否した',
  'field.webSession': 'コンソールへのサインイン',
  'error.too_many_terminals.message': 'ブラウザーで開ける端末の上限に達しています。',
  'error.too_many_terminals.next': '不要な端末を閉じるか、ssh で接続してください。',
  'home.browser': 'ブラウザーで開く',
  'home.browser.named': 'ブラウザーで開く: {{target}}',
  'terminal.title': '端末: {{target}}',
  'terminal.intro':
    'SSH と同じ作業セッションです。ご自身のアカウントで入り、最初のキー入力から記録され、同じ規則で判定されます。',
  'terminal.label': '{{target}} の端末',
  'terminal.keys':
    'コピーは Ctrl+Shift+C、貼り付けは Ctrl+Shift+V です。複数行の貼り付けは、先に内容を確認していただきます。',
  'terminal.state.connecting': '接続しています…',
  'terminal.state.open': '接続中',
  'terminal.state.away': '接続が切れました。再接続しています。作業セッションは 1 分間待ちます。',
  'terminal.state.ended': '作業セッションは終了しました。',
  'terminal.state.lost': '時間内に再接続できず、作業セッションは終了しました。',
  'terminal.again': '新しく開く',
  'terminal.leave': '作業セッションを終了する',
  'terminal.paste.title': '{{n}} 行を貼り付けますか?',
  'terminal.paste.body': '改行ごとに、その前の内容が実行されます。先に内容を確認してください。',
  'terminal.paste.leftOut': '画面に表示されない制御文字を取り除きました: {{n}} 文字。',
  'terminal.paste.preview': '貼り付ける内容',
  'terminal.paste.go': '貼り付ける',
};
