import type { checkEn } from './check.en.ts';

/** ブラウザーでの証拠バンドルの検証(日本語)。 */
export const checkJa: Record<keyof typeof checkEn, string> = {
  'nav.check': '証拠の検証',
  'check.title': '証拠バンドルを検証する',
  'check.choose': 'ファイルを選択',
  'check.intro':
    'バンドルの読み取りと検証は、このブラウザーの中だけで行います。内容がこのコンピューターの外に出ることはなく、ゲートウェイへの問い合わせも行いません。',
  'check.trust':
    'バンドルを作成した者は、同梱のページも書き換えられます。別の経路で入手したページまたは verify.py を使用してください。',
  'check.bundle': '証拠バンドル（.zip）',
  'check.policy': 'お手元のポリシーファイル',
  'check.policy.note':
    '信頼するログと外部の証人を指定するファイルです。指定しない場合、結果は最良でも VERIFIED-UNWITNESSED です。',
  'check.held': '別の経路で入手したチェックポイント（任意）',
  'check.clear': '選択を取り消す: {{what}}',
  'check.start': 'バンドルを検証する',
  'check.files': 'バンドル内のファイル: {{total}}件中{{done}}件',
  'check.log': 'ログの記録: {{total}}件中{{done}}件',
  'check.objects': '封印されたチャンク: {{total}}件中{{done}}件',
  'check.ledger': '持出台帳: {{total}}件中{{done}}件',
  'check.failed': 'お手元のポリシーまたはチェックポイントを使用できません: {{why}}',
  'check.asked.sessions': '検証の対象: 作業セッション {{sessions}}',
  'check.asked.period': '検証の対象: {{from}} から {{to}} までのすべて',
  'check.logOf': 'ログ {{origin}}、{{size}}件。連署した証人: {{by}}',
  'check.noLog': 'ログを判定できませんでした。',
  'check.session': '作業セッション {{sid}}: {{frames}} フレーム、{{chunks}} チャンク、{{bytes}} バイト',
  'check.more': 'ほかに{{n}}件見つかりました',
  'check.VERIFIED.meaning':
    '対象がすべて揃い、記録された当時のままです。お手元のポリシーの証人がログに連署しています。',
  'check.VERIFIED-UNWITNESSED.meaning':
    '対象がすべて揃い、記録された内容と一致しますが、お手元のポリシーに基づく外部の裏付けがありません。ログの署名鍵を持つ者なら、全体を書き直せた可能性があります。',
  'check.INCOMPLETE.meaning': 'あるべきものが欠けているため、何も証明できません。「問題なし」ではありません。',
  'check.TAMPERED.meaning': '記録された内容と異なるものがあります。この記録に依拠しないでください。',
};
