/** ゲートウェイが受け持つシェルとデータベースクライアントの文言（日本語）。 */
export const dialogueJa = {
  'dialogue.statements':
    'この {client} のプロンプトはゲートウェイが受け持ち、文を1つずつ確認してから個別に実行します。文は「;」で終え、トランザクションは COMMIT まで1つの文として入力してください。exit か Ctrl-D で終了します。',
  'dialogue.elsewhere':
    '単独のコマンドとしてなら、中の入力も確認する形で開きます: ssh -t -p {port} {target}@{host} <コマンド>',
  'dialogue.shell': 'このシェルのコマンドは、1つずつ実行前に確認されます。',
  'dialogue.shell_failed':
    '接続先で、コマンドごとに確認できるシェルを起動できませんでした (bash 4.4 以降が必要です)。コマンドを1つずつ実行してください。',
  'dialogue.needs_terminal':
    '実行していません: このシェルへの入力は、端末がある場合にだけ確認できます。ssh -t を使うか、コマンドを1つずつ実行してください。',
};
