import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ERRORS } from '../../foundation/index.ts';
import type { EndReason } from '../../gateway/session-registry.ts';
import { type Finding, ROLES, type TargetMode, TICKET_STATES } from '../../policy/model.ts';
import { AUDIT_EVENTS } from '../../recorder/audit-events.ts';
import { CATALOGUES } from '../../web/ui/messages/index.ts';

const { en, ja } = CATALOGUES;
const keys = Object.keys(en);
const placeholders = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).sort();

const FINDING_CLASSES = {
  dbdump: true,
  bulk_read: true,
  offhost: true,
  stage: true,
  listen: true,
  tunnel: true,
  interpreter: true,
  dynamic: true,
  unreadable: true,
  unknown: true,
  shell_control: true,
  channel: true,
} satisfies Record<Finding['class'], true>;

const END_REASONS = {
  closed: true,
  client_lost: true,
  target_lost: true,
  target_refused: true,
  gate_refused: true,
  limit_exceeded: true,
  locked: true,
  revoked: true,
  expired: true,
  undecided: true,
  recorder_failed: true,
  shutdown: true,
  idle: true,
  too_long: true,
  ended: true,
  gateway_restarted: true,
  worker_lost: true,
  internal: true,
} satisfies Record<EndReason, true>;

const MODES = {
  'exec-only': true,
  'guarded-line': true,
  'guarded-shell': true,
  'guarded-pty': true,
  'guarded-web': true,
  recorded: true,
} satisfies Record<TargetMode, true>;

function namesMissing(group: string, codes: readonly string[]): string[] {
  return codes.map((code) => `${group}.${code}`).filter((key) => !keys.includes(key));
}

describe('the catalogues of the console', () => {
  test('have the same keys in both languages', () => {
    expect(Object.keys(ja).sort()).toEqual([...keys].sort());
  });

  test('leave no text empty', () => {
    expect(keys.filter((key) => en[key as never] === '' || ja[key as never] === '')).toEqual([]);
  });

  test('fill in the same values in both languages', () => {
    const different = keys.filter(
      (key) => placeholders(en[key as never]).join() !== placeholders(ja[key as never]).join(),
    );
    expect(different).toEqual([]);
  });

  test('are each written in their own language', () => {
    const kana = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
    expect(keys.filter((key) => kana.test(en[key as never]))).toEqual([]);
    const withoutJapanese = keys.filter((key) => !kana.test(ja[key as never])).sort();
    expect(withoutJapanese).toEqual(['app.name', 'field.sha256', 'ticket.employer', 'ticket.window.value']);
  });

  test('say of every error code what it is and what to do next', () => {
    const codes = Object.keys(ERRORS).flatMap((code) => [`${code}.message`, `${code}.next`]);
    expect(namesMissing('error', codes)).toEqual([]);
  });

  test('name every kind of audit event and every field of one', () => {
    expect(namesMissing('event', Object.keys(AUDIT_EVENTS))).toEqual([]);
    const fields = Object.values(AUDIT_EVENTS).flatMap((body) => Object.keys(body.shape));
    expect(namesMissing('field', [...new Set(fields)])).toEqual([]);
  });

  test('name no audit event that does not exist, because the filter offers them', () => {
    const offered = keys.filter((key) => key.startsWith('event.')).map((key) => key.slice('event.'.length));
    expect(offered.filter((type) => !Object.hasOwn(AUDIT_EVENTS, type))).toEqual([]);
  });

  test('name every role, ticket state, target mode, finding class and reason a session ends for', () => {
    expect(namesMissing('role', ROLES)).toEqual([]);
    expect(namesMissing('state', [...TICKET_STATES])).toEqual([]);
    expect(namesMissing('mode', Object.keys(MODES))).toEqual([]);
    expect(namesMissing('finding', Object.keys(FINDING_CLASSES))).toEqual([]);
    expect(namesMissing('close', Object.keys(END_REASONS))).toEqual([]);
  });

  test('never say of an incomplete check that it is fine', () => {
    expect(en['verify.INCOMPLETE.meaning']).toContain('NOT a confirmation');
    expect(ja['verify.INCOMPLETE.meaning']).toContain('「問題なし」という意味ではありません');
    expect(ja['verify.INCOMPLETE']).not.toContain('済');
  });
});

describe('the page', () => {
  const ui = new URL('../../web/ui/', import.meta.url);

  test('has no inline script or style, which the content policy would refuse', () => {
    const html = readFileSync(new URL('index.html', ui), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  test('loads nothing from another site', () => {
    const files = readdirSync(ui, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(tsx?|css|html)$/.test(name),
    );
    const foreign = files.filter((name) =>
      /(?:src|href|url\(|import|fetch\()\W{0,4}(?:https?:)?\/\/\w/.test(readFileSync(new URL(name, ui), 'utf8')),
    );
    expect(foreign).toEqual([]);
    expect(files.length).toBeGreaterThan(30);
  });
});
