import type { verdictsEn } from './verdicts.en.ts';

/** 四つの判定語(日本語)。 */
export const verdictsJa: Record<keyof typeof verdictsEn, string> = {
  'verify.VERIFIED': 'VERIFIED（検証済み）',
  'verify.VERIFIED-UNWITNESSED': 'VERIFIED-UNWITNESSED（外部の裏付けなし）',
  'verify.TAMPERED': 'TAMPERED（改ざんあり）',
  'verify.INCOMPLETE': 'INCOMPLETE（証明不能）',
};
