import type { secretsEn } from './secrets.en.ts';

/** 証明書に対応しないサーバーの保管パスワード */
export const secretsJa = {
  'secrets.title': '保管パスワード',
  'secrets.intro':
    '証明書に対応しないサーバーには、利用者本人のアカウントのパスワードで接続します。ゲートウェイが暗号化して保管し、接続時に使用します。誰に対しても表示しません。',
  'secrets.none': 'すべてのサーバーに証明書で接続しています。保管するパスワードはありません。',
  'secrets.column.target': 'サーバー',
  'secrets.column.person': '利用者',
  'secrets.column.account': 'アカウント',
  'secrets.column.state': 'パスワード',
  'secrets.column.act': '変更',
  'secrets.missing': '未登録',
  'secrets.setBy': '登録者: {{by}}',
  'secrets.byGateway': 'ゲートウェイが変更',
  'secrets.asked': '変更待ち',
  'secrets.failed': 'サーバーが変更を受け付けませんでした',
  'secrets.set': '登録する',
  'secrets.setNamed': '{{target}} の {{account}} のパスワードを登録する',
  'secrets.setTitle': '{{target}} の {{account}} のパスワード',
  'secrets.setBody':
    'サーバー上でこのアカウントに設定されているパスワードを入力してください。保管中のものを置き換えます。登録後は表示できません。',
  'secrets.field': 'サーバー上のパスワード',
  'secrets.save': '保管する',
  'secrets.rotate': '変更する',
  'secrets.rotateNamed': '{{target}} の {{account}} のパスワードを変更する',
  'secrets.rotateTitle': '{{target}} の {{account}} のパスワードを変更しますか',
  'secrets.rotateBody':
    '{{person}} さんの作業セッションがなくなった時点で、ゲートウェイが誰も知らない新しいパスワードに変更します。',
  'secrets.done.set': '{{target}} の {{account}} のパスワードを保管しました。',
  'secrets.done.asked': '{{target}} の {{account}} のパスワードの変更を受け付けました。',
  'event.authority.keys_changed': '認証局の鍵の変更',
  'field.authority': '認証局',
  'field.signs': '署名する鍵',
  'field.trusted': '信頼する鍵',
  'event.target_secret.set': 'アカウントのパスワードを登録',
  'event.target_secret.used': 'アカウントの保管パスワードを使用',
  'event.target_secret.rotation_asked': '保管パスワードの変更を依頼',
  'event.target_secret.rotated': '保管パスワードを変更',
  'event.target_secret.rotation_failed': '保管パスワードを変更できず',
} as const satisfies Record<keyof typeof secretsEn, string>;
