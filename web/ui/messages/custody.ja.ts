import type { custodyEn } from './custody.en.ts';

/** 保全と消去(日本語)。 */
export const custodyJa: Record<keyof typeof custodyEn, string> = {
  'nav.custody': '証拠保全と消去',
  'custody.title': '記録の証拠保全と消去',
  'custody.intro':
    '保全を設定した記録は消去できません。消去では記録の鍵を完全に破棄するため、内容は二度と読めなくなりますが、記録が存在したこと、その時刻と順序の証明は残ります。消去には二人の承認が必要です。',
  'custody.refused':
    '記録の保全と消去を行えるのは、内部監査と情報セキュリティ推進です。あなたの役割はいずれにも当たりません。',
  'custody.holds': '証拠保全中の記録',
  'custody.holds.none': '保全中の記録はありません。',
  'custody.session': '作業セッション（ID）',
  'custody.reason': '理由',
  'custody.hold': '保全する',
  'custody.held': '保全を設定しました。',
  'custody.release': '保全を解除する',
  'custody.release.named': '{{session}} の保全を解除する',
  'custody.release.title': 'この作業セッションの保全をすべて解除しますか?',
  'custody.release.body': '解除すると、この記録の消去を申請・承認できるようになります。',
  'custody.released': '保全を解除しました。',
  'custody.erasures': '消去',
  'custody.erasures.none': '消去の申請はありません。',
  'custody.erase': '消去を申請する',
  'custody.asked': '消去を申請しました。承認は別の担当者が行います。',
  'custody.basis': '法的根拠または契約条項',
  'custody.streams': '消去の対象',
  'custody.stream.screen': '画面の表示',
  'custody.stream.keystrokes': '打鍵',
  'custody.state.open': '判断待ち',
  'custody.state.approved': '{{name}} が承認済み（まもなく鍵を破棄します）',
  'custody.state.rejected': '{{name}} が却下',
  'custody.state.erased': '{{at}} に消去（承認: {{name}}）',
  'custody.own': 'ご自身の申請のため、判断は別の担当者が行います。',
  'custody.approve': '消去を承認する',
  'custody.approve.title': 'この記録の鍵を破棄しますか?',
  'custody.approve.body':
    'だれがどのような理由で消去したかは、ログに残ります。内容は今後だれにも読めなくなります。この操作は取り消せません。',
  'custody.reject': '却下する',
  'custody.reject.title': 'この消去の申請を却下しますか?',
  'custody.reject.body': '記録はそのまま残ります。消去は改めて申請できます。',
  'custody.decided': '判断を記録しました。',
};
