import { CARRIER_RULES } from './carriers.ts';
import { CONTAINER_RULES } from './containers.ts';
import { CONTROL_RULES } from './control.ts';
import { DUMP_RULES } from './dumps.ts';
import { ESCAPE_RULES } from './escapes.ts';
import { LISTENER_RULES } from './listeners.ts';
import { MESSENGER_RULES } from './messengers.ts';
import { MORE_DUMP_RULES } from './more-dumps.ts';
import { ROAD_RULES } from './roads.ts';
import type { Rule } from './rule.ts';
import { SENDER_RULES } from './senders.ts';
import { SERVICE_RULES } from './services.ts';
import { SOCKET_RULES } from './sockets.ts';
import { STAGE_RULES } from './stage.ts';

const CASES_MIN = 2;

/** The rules by the tools they speak of. Throws about a row without two cases of each kind, or an id used twice. */
export function loadRules(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const ids = new Set<string>();
  const byTool = new Map<string, Rule[]>();
  for (const rule of rules) {
    const { positive, negative } = rule.tests;
    const tested = positive.length >= CASES_MIN && negative.length >= CASES_MIN;
    if (!tested || ids.has(rule.id)) throw new Error(`rule ${rule.id} does not load`);
    ids.add(rule.id);
    for (const tool of new Set(rule.tools)) byTool.set(tool, [...(byTool.get(tool) ?? []), rule]);
  }
  return byTool;
}

/** Every rule about a program by its name. */
export const RULES: readonly Rule[] = [
  ...DUMP_RULES,
  ...ROAD_RULES,
  ...LISTENER_RULES,
  ...SENDER_RULES,
  ...SOCKET_RULES,
  ...STAGE_RULES,
  ...SERVICE_RULES,
  ...CONTAINER_RULES,
  ...MESSENGER_RULES,
  ...CARRIER_RULES,
  ...MORE_DUMP_RULES,
  ...CONTROL_RULES,
  ...ESCAPE_RULES,
];

const BY_TOOL = loadRules(RULES);
const NONE: readonly Rule[] = [];

/** The rules that speak of `tool`. */
export function rulesOf(tool: string): readonly Rule[] {
  return BY_TOOL.get(tool) ?? NONE;
}
