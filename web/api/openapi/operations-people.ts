/** People, their keys and factors, locks, reviews, messages. */
import { z } from 'zod';
import * as deliveries from '../deliveries.ts';
import * as factors from '../factors.ts';
import { Try } from '../judge.ts';
import * as locks from '../locks.ts';
import * as calls from '../login-calls.ts';
import * as logins from '../logins.ts';
import { LocaleBody } from '../me.ts';
import * as persons from '../persons.ts';
import * as reviews from '../reviews.ts';
import * as keys from '../ssh-keys.ts';
import * as signIns from '../ssh-sign-ins.ts';
import * as secrets from '../target-secrets.ts';
import * as terminals from '../terminals.ts';
import { Certificate, id, Judgement, Me, Notification, OpenTarget, SshKey, text, when } from './answers.ts';
import {
  Factors,
  ListedPerson,
  Locks,
  Login,
  Options,
  Polled,
  Review,
  SignIn,
  WebSession,
  WholeReview,
} from './answers-people.ts';
import { AccountReport, Deliveries, GuardedTarget, MailSettings, MeterUse } from './answers-relay.ts';
import type { Operations } from './operation.ts';

const Opener = z.object({ id: text, opener: text });

export const PEOPLE_OPERATIONS: Operations = {
  'GET /me': { says: ['Who is signed in.', 'サインイン中の利用者を返します。'], answer: Me },
  'PATCH /me': { says: ['Changes the language.', '表示言語を変更します。'], body: LocaleBody, answer: Me },
  'GET /me/notifications': { says: ['Who wants mail.', 'メール通知の設定を返します。'], answer: MailSettings },
  'PATCH /me/notifications': {
    says: ['Switches mail on or off.', 'メール通知を切り替えます。'],
    ...{ body: deliveries.MailBody, answer: MailSettings },
  },
  'GET /targets': {
    says: ['Targets the caller may enter, and how.', '利用できる対象サーバーを返します。'],
    answer: z.object({ targets: z.array(OpenTarget) }),
  },
  'GET /ssh-keys': {
    says: ["The caller's SSH keys.", '登録済みの SSH 鍵を返します。'],
    answer: z.object({ keys: z.array(SshKey) }),
  },
  'POST /ssh-keys': {
    says: ['Enrols an SSH key.', 'SSH 鍵を登録します。'],
    ...{ body: keys.Key, answer: z.object({ key: SshKey }), status: 201 },
  },
  'DELETE /ssh-keys/:fingerprint': {
    says: ['Revokes an SSH key.', 'SSH 鍵を失効させます。'],
    params: keys.Fingerprint,
  },
  'GET /ssh-sign-ins/:code': {
    says: ['The SSH sign-in that waits behind a code.', 'コードに対応する SSH サインインを返します。'],
    ...{ params: signIns.Code, answer: z.object({ signIn: SignIn }) },
  },
  'POST /ssh-sign-ins/:code/decision': {
    says: ['Lets it in, or not.', 'SSH サインインを許可または拒否します。'],
    ...{ params: signIns.Code, body: signIns.Decision },
  },
  'POST /logins': {
    says: ['Begins `sekisho login`.', '`sekisho login` を開始します。'],
    ...{ body: calls.Question, status: 201, open: true },
    answer: z.object({ code: text, url: text, pollToken: text, expiresAt: when }),
  },
  'POST /logins/poll': {
    says: ['Waits for the decision and fetches the certificate.', '判断を待ち、証明書を受け取ります。'],
    ...{ body: calls.Poll, answer: Polled, open: true },
  },
  'POST /logins/revoke': {
    says: ['Revokes a certificate by the key it was made for.', '鍵の所持を示して証明書を失効させます。'],
    ...{ body: calls.Revocation, open: true },
  },
  'GET /logins/:code': {
    says: ['The login that waits behind a code.', 'コードに対応するログインを返します。'],
    ...{ params: logins.Code, answer: z.object({ login: Login }) },
  },
  'POST /logins/:code/decision': {
    says: ['Lets the login in, or not.', 'ログインを許可または拒否します。'],
    ...{ params: logins.Code, body: logins.Decision },
  },
  'GET /certificates': {
    says: ["The caller's certificates.", '発行済みの証明書を返します。'],
    answer: z.object({ certificates: z.array(Certificate) }),
  },
  'DELETE /tokens/current': {
    says: ['Gives the token of this request back.', 'このリクエストのトークンを失効させます。'],
  },
  'DELETE /certificates/:serial': { says: ['Revokes a certificate.', '証明書を失効させます。'], params: logins.Serial },
  'GET /factors': { says: ["The caller's second factors.", '登録済みの第二要素を返します。'], answer: Factors },
  'POST /factors/passkeys/options': {
    says: ['Begins to add a passkey.', 'パスキーの登録を始めます。'],
    answer: Options,
  },
  'POST /factors/passkeys': {
    says: ['Adds a passkey.', 'パスキーを登録します。'],
    body: factors.NewPasskey,
    status: 201,
  },
  'DELETE /factors/passkeys/:id': { says: ['Removes a passkey.', 'パスキーを削除します。'] },
  'POST /factors/totp': {
    says: ['Begins to add an authenticator app.', '認証アプリの登録を始めます。'],
    ...{ answer: z.object({ secret: text, uri: text }), status: 201 },
  },
  'POST /factors/totp/confirm': {
    says: ['Confirms it with its first code.', '最初のコードで登録を確定します。'],
    body: factors.Code,
  },
  'DELETE /factors/totp': { says: ['Removes the authenticator app.', '認証アプリを削除します。'] },
  'POST /factors/step-up/options': {
    says: ['Begins to show a passkey.', 'パスキーの提示を始めます。'],
    answer: Options,
  },
  'POST /factors/step-up/passkey': { says: ['Shows a passkey.', 'パスキーを提示します。'], body: factors.ShownPasskey },
  'POST /factors/step-up/totp': {
    says: ['Shows a code of the app.', '認証アプリのコードを提示します。'],
    body: factors.Code,
  },
  'GET /web-sessions': {
    says: ["The caller's sign-ins at the console.", 'コンソールへのサインインを返します。'],
    answer: z.object({ webSessions: z.array(WebSession) }),
  },
  'POST /web-sessions/:id/end': { says: ['Ends one of them.', '1 件を終了させます。'] },
  'POST /web-sessions/end-all': { says: ['Ends all of them.', 'すべて終了させます。'] },
  'GET /notifications': {
    says: ["The caller's notifications.", '通知を返します。'],
    answer: z.object({ notifications: z.array(Notification) }),
  },
  'POST /notifications/:id/read': { says: ['Marks one as read.', '1 件を既読にします。'] },
  'GET /deliveries': {
    says: ['What became of mail and webhooks.', 'メールと Webhook の送信状況を返します。'],
    answer: Deliveries,
  },
  'POST /deliveries/:id/again': { says: ['Sends a dead letter again.', '送信できなかった通知を再送します。'] },
  'POST /deliveries/again': {
    says: ['Sends all of a channel again.', '経路ごとに一括で再送します。'],
    body: deliveries.Channel,
  },
  'POST /links/open': {
    says: ['Opens the single-use link of a message.', '通知の一回限りのリンクを開きます。'],
    ...{ body: deliveries.Token, answer: z.looseObject({}) },
  },
  'GET /persons': {
    says: ['People.', '利用者の一覧を返します。'],
    answer: z.object({ persons: z.array(ListedPerson) }),
  },
  'POST /persons/:id/lock': {
    says: ['Locks a person out, live sessions too.', '利用者を利用停止にします。作業中のセッションも終了します。'],
    ...{ params: persons.Id, body: persons.Lock },
  },
  'POST /persons/:id/unlock': { says: ['Lifts it.', '利用停止を解除します。'], params: persons.Id },
  'POST /persons/:id/leave': {
    says: ['Notes that a person has left.', '利用者の離任を記録します。'],
    ...{ params: persons.Id, body: persons.Lock },
  },
  'GET /locks': { says: ['Locks that stand.', '有効な利用停止を返します。'], answer: Locks },
  'POST /locks': { says: ['Places a lock.', '利用停止を設定します。'], body: locks.Lock },
  'POST /locks/:id/lift': { says: ['Lifts a lock.', '利用停止を解除します。'], params: locks.Id },
  'GET /reviews': {
    says: ['Access reviews.', '権限の棚卸を返します。'],
    answer: z.object({ reviews: z.array(Review) }),
  },
  'POST /reviews': {
    says: ['Starts an access review.', '権限の棚卸を開始します。'],
    ...{ body: reviews.Start, answer: z.object({ id }), status: 201 },
  },
  'GET /reviews/:id': {
    says: ['One with its items.', '棚卸 1 件と項目を返します。'],
    params: reviews.Id,
    answer: WholeReview,
  },
  'POST /reviews/:id/items/:item/decision': {
    says: ['Decides on an item.', '項目を判断します。'],
    ...{ params: reviews.ItemId, body: reviews.Decision },
  },
  'POST /reviews/:id/sign': {
    says: ['Signs it off.', '棚卸を確定します。'],
    ...{ params: reviews.Id, answer: z.object({ sha256: text }) },
  },
  'GET /reviews/:id/review.csv': {
    says: ['It as a file.', '棚卸をファイルで返します。'],
    params: reviews.Id,
    media: 'text/csv',
  },
  'GET /account-reports': {
    says: ['Accounts that exist on servers.', '対象サーバー上のアカウントを返します。'],
    answer: z.object({ reports: z.array(AccountReport) }),
  },
  'POST /account-reports': {
    says: ['Has them looked at now.', 'アカウントの確認を依頼します。'],
    ...{ answer: z.object({}), status: 202 },
  },
  'GET /target-secrets': {
    says: ['Which accounts sign in with a secret; never the secret.', '秘密情報で接続するアカウントを返します。'],
    answer: z.object({ secrets: z.array(z.looseObject({ targetId: id, personId: id })) }),
  },
  'POST /target-secrets': {
    says: ['Sets the secret of an account.', 'アカウントの秘密情報を設定します。'],
    body: secrets.Given,
  },
  'POST /target-secrets/rotation': {
    says: ['Has the secret exchanged.', '秘密情報の交換を依頼します。'],
    ...{ body: secrets.Account, answer: z.object({}), status: 202 },
  },
  'GET /gate': {
    says: ['What the gate guards, and how much left.', '判定の対象と利用量を返します。'],
    answer: z.object({ targets: z.array(GuardedTarget), use: z.array(MeterUse) }),
  },
  'POST /judge': {
    says: ['How the gate would judge a line.', 'コマンドの判定を試します。'],
    ...{ body: Try, answer: z.object({ judgement: Judgement }) },
  },
  'GET /terminals': {
    says: ["The caller's terminals.", '開いている端末を返します。'],
    answer: z.object({ terminals: z.array(z.unknown()) }),
  },
  'POST /terminals': {
    says: ['Asks for a terminal; its opener serves once and soon.', '端末を要求します。'],
    ...{ body: terminals.New, answer: Opener, status: 201 },
  },
  'POST /terminals/:id/openers': {
    says: ['Asks for one that runs already.', '実行中の端末への再接続を要求します。'],
    ...{ params: terminals.Id, body: terminals.Back, answer: Opener, status: 201 },
  },
};
