/** PATCH of SCIM (RFC 7644 §3.5.2) on a resource as JSON: add, replace and remove, with and without a path. Pure. */
import { z } from 'zod';
import { ENTERPRISE } from './resources.ts';
import { ScimFault } from './fault.ts';
import { type Comparison, parseFilter } from './filter.ts';

export type Json = Readonly<Record<string, unknown>>;

/** `op` without case: a widespread client writes `Add`. */
export const PatchSchema = z.looseObject({
  Operations: z
    .array(
      z.looseObject({
        op: z
          .string()
          .transform((op) => op.toLowerCase())
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: z.string().max(1_000).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(1_000),
});
type Operation = z.output<typeof PatchSchema>['Operations'][number];

const PATH = /^([A-Za-z$][\w$-]*)(?:\[([^\]]*)\])?(?:\.([A-Za-z$][\w$-]*))?$/;
/** Names that would change the shape of an object itself. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** @returns the resource with all operations done, in order. @throws {ScimFault} and nothing is done. */
export function applyPatch(resource: Json, operations: readonly Operation[]): Json {
  return operations.reduce(applyOne, resource);
}

function applyOne(resource: Json, { op, path, value }: Operation): Json {
  if (path === undefined || path === '') {
    if (op === 'remove') throw new ScimFault(400, 'To remove, name a path.', 'noTarget');
    return Object.entries(recordOf(value)).reduce(
      (done, [name, part]) => applyOne(done, { op, path: name, value: part }),
      resource,
    );
  }
  if (path.toLowerCase().startsWith(ENTERPRISE.toLowerCase())) return changeExtension(resource, path, { op, value });
  const short = path.toLowerCase().startsWith('urn:') ? path.slice(path.lastIndexOf(':') + 1) : path;
  const [whole, name = '', filter, sub] = PATH.exec(short) ?? [];
  if (whole === undefined || FORBIDDEN.has(name) || (sub !== undefined && FORBIDDEN.has(sub))) {
    throw new ScimFault(400, 'The path cannot be read.', 'invalidPath');
  }
  const key = Object.keys(resource).find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
  const changed = changeAttribute(resource[key], { op, value, filter, sub });
  const { [key]: _, ...others } = resource;
  return changed === undefined ? others : { ...others, [key]: changed };
}

function changeExtension(resource: Json, path: string, { op, value }: Pick<Operation, 'op' | 'value'>): Json {
  const inner = path.slice(ENTERPRISE.length + 1);
  if (inner === '' && op === 'remove') return { ...resource, [ENTERPRISE]: {} };
  const extension = recordOf(resource[ENTERPRISE] ?? {});
  return { ...resource, [ENTERPRISE]: applyOne(extension, { op, path: inner, value }) };
}

interface Change {
  readonly op: Operation['op'];
  readonly value: unknown;
  readonly filter: string | undefined;
  readonly sub: string | undefined;
}

function changeAttribute(current: unknown, { op, value, filter, sub }: Change): unknown {
  if (filter !== undefined) return changeElements(current, { op, value, filter, sub });
  if (sub !== undefined) {
    const before = recordOf(current ?? {});
    const { [sub]: _, ...rest } = before;
    return op === 'remove' ? rest : { ...rest, [sub]: value };
  }
  if (op === 'remove') {
    // A widespread client names the members to remove in the value, not in the path.
    return Array.isArray(value) && Array.isArray(current) ? without(current, value) : undefined;
  }
  if (op === 'add' && Array.isArray(current)) return union(current, [value].flat());
  return isRecord(current) && isRecord(value) ? { ...current, ...value } : value;
}

function changeElements(current: unknown, { op, value, filter, sub }: Change & { filter: string }): unknown {
  const list: readonly unknown[] = Array.isArray(current) ? current : [];
  const wanted = parseFilter(filter);
  const fits = (element: unknown): boolean => isRecord(element) && wanted.every((one) => matches(element, one));
  if (op === 'remove' && sub === undefined) return list.filter((element) => !fits(element));
  if (!list.some(fits)) {
    if (op === 'remove') throw new ScimFault(400, 'Nothing fits the filter of the path.', 'noTarget');
    const made = Object.fromEntries(wanted.map((one) => [one.attribute, one.value]));
    return [...list, sub === undefined ? { ...made, ...recordOf(value) } : { ...made, [sub]: value }];
  }
  return list.map((element) =>
    fits(element) ? changeAttribute(element, { op, value, filter: undefined, sub }) : element,
  );
}

function matches(element: Json, { attribute, value }: Comparison): boolean {
  const key = Object.keys(element).find((name) => name.toLowerCase() === attribute);
  return key !== undefined && element[key] === value;
}

const identity = (element: unknown): unknown => (isRecord(element) && 'value' in element ? element['value'] : element);

function union(current: readonly unknown[], added: readonly unknown[]): unknown[] {
  const known = new Set(added.map(identity));
  return [...current.filter((element) => !known.has(identity(element))), ...added];
}

function without(current: readonly unknown[], removed: readonly unknown[]): unknown[] {
  const gone = new Set(removed.map(identity));
  return current.filter((element) => !gone.has(identity(element)));
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function recordOf(value: unknown): Json {
  if (isRecord(value)) return value;
  throw new ScimFault(400, 'Here belongs an object.', 'invalidValue');
}
