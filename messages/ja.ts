import type { en } from './en.ts';

/** What the gateway says to people outside the console, in Japanese. */
export const ja: Record<keyof typeof en, string> = {
  'refusal.prefix': 'sekisho: {text} [{code}]',
  'refusal.ticket': '実行前に止めました: {reason}。',
  'refusal.ticket.next': 'この持出が必要なときは、ここから申請してください: {url}',
  'refusal.deny': '許可されていません: {reason}。',
};
