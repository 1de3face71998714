/** What the kernel says about processes: CPU and memory, of one or of all below it. */
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel reports CPU time in these; Linux has had 100 of them in a second for every program since 2.6. */
const TICKS_A_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly own: number;
  /** Of children that ended and were waited for. */
  readonly reaped: number;
}

function stat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')'); // A program's name may hold anything, brackets and blanks too.
    const fields = text.slice(end + 2).split(' ');
    const ticks = (at: number): number => Number(fields[at]) / TICKS_A_SECOND;
    return {
      pid,
      parent: Number(fields[1]),
      name: text.slice(text.indexOf('(') + 1, end),
      own: ticks(11) + ticks(12),
      reaped: ticks(13) + ticks(14),
    };
  } catch {
    return undefined; // It ended meanwhile.
  }
}

/** The process and all that descend from it. */
export function family(root: number): Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => stat(Number(name)))
    .filter((one) => one !== undefined);
  const members = new Set([root]);
  for (let size = 0; size !== members.size; ) {
    size = members.size;
    for (const { pid, parent } of all) if (members.has(parent)) members.add(pid);
  }
  return all.filter(({ pid }) => members.has(pid));
}

/** CPU seconds of `root` and of all its descendants, those that ended too. */
export function cpuOfFamily(root: number): number {
  return family(root).reduce((sum, { own, reaped }) => sum + own + reaped, 0);
}

/** CPU seconds of those of the family that have this name (`node`), and of those that do not. */
export function cpuByName(root: number, name: RegExp): { readonly named: number; readonly others: number } {
  const members = family(root);
  const sum = (wanted: boolean): number =>
    members.filter((one) => name.test(one.name) === wanted).reduce((total, one) => total + one.own, 0);
  return { named: sum(true), others: sum(false) };
}

/** Resident kilobytes of one process. */
export function residentKilobytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0);
}
