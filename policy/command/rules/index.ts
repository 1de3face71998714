import { CONTROL_RULES } from './control.ts';
import { DUMP_RULES } from './dumps.ts';
import { ESCAPE_RULES } from './escapes.ts';
import { LISTENER_RULES } from './listeners.ts';
import { MESSENGER_RULES } from './messengers.ts';
import { ROAD_RULES } from './roads.ts';
import type { Rule } from './rule.ts';
import { SENDER_RULES } from './senders.ts';
import { SERVICE_RULES } from './services.ts';
import { SOCKET_RULES } from './sockets.ts';

/** Every rule about a program by its name. */
export const RULES: readonly Rule[] = [
  ...DUMP_RULES,
  ...ROAD_RULES,
  ...LISTENER_RULES,
  ...SENDER_RULES,
  ...SOCKET_RULES,
  ...SERVICE_RULES,
  ...MESSENGER_RULES,
  ...CONTROL_RULES,
  ...ESCAPE_RULES,
];

const BY_TOOL = new Map<string, readonly Rule[]>();
for (const rule of RULES) {
  for (const tool of rule.tools) BY_TOOL.set(tool, [...(BY_TOOL.get(tool) ?? []), rule]);
}

/** The rules that speak of `tool`. */
export function rulesOf(tool: string): readonly Rule[] {
  return BY_TOOL.get(tool) ?? [];
}
