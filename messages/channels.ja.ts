import type { channelsEn } from './channels.en.ts';

/** Why a channel of a connection, or a request on it, is refused, in Japanese. */
export const channelsJa: Record<keyof typeof channelsEn, string> = {
  'channel.file_transfer':
    'この形の {tool} では、転送されるファイルを確認できません。scp、sftp、rsync、git は、それぞれのクライアントから使ってください。',
  'channel.upload_not_granted': '「{target}」へのファイルの持ち込み (アップロード) は許可されていません: {act}',
  'channel.download_not_granted': '「{target}」からのファイルの持ち出し (ダウンロード) は許可されていません: {act}',
  'channel.subsystem': 'この接続先では、サブシステム「{name}」は開かれていません。',
  'channel.local_forward': 'ポート転送 (-L・-D・-W) は開かれていません。-Jでは接続先の名前を指定してください。',
  'channel.mosh': 'moshは使えません。UDPの通信は記録できないためです。sshを使ってください。',
  'channel.nul': 'コマンドにNULバイトが含まれています。シェルに渡せないため、実行しません。',
  'channel.remote_forward': 'リモート転送 (-R) は開かれていません。',
  'channel.agent': '認証エージェントの転送 (-A) は開かれていません。エージェントは使われていません。',
  'channel.tunnel': 'トンネル (-w) は開かれていません。ネットワークそのものは中継されません。',
  'channel.other_kind': 'この種類のチャネルは開かれていません。',
  'channel.x11': 'X11転送 (-X・-Y) は開かれていません。',
  'channel.too_many': '1つの接続で開ける作業セッションは {channels} 個までです。1つ終えるか、接続し直してください。',
};
