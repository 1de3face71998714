/** Where the CPU of a process went: the self time of its functions, from the profiles that node writes at its end. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const NOT_WORK = new Set(['(idle)', '(root)']);

/** Arguments that make node write a profile into `directory` when it ends. */
export function profiling(directory: string): string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${directory}`, '--cpu-prof-interval=500'];
}

/** Lines `12.3 %  name  file:line`, the costliest first, of all profiles in `directory` together. */
export function topFunctions(directory: string, count = 30): string[] {
  const own = new Map<string, number>();
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.cpuprofile'))) {
    const profile = JSON.parse(readFileSync(join(directory, name), 'utf8')) as CpuProfile;
    const labels = new Map(profile.nodes.map(({ id, callFrame }) => [id, label(callFrame)]));
    profile.samples.forEach((id, at) => {
      const where = labels.get(id) ?? '?';
      own.set(where, (own.get(where) ?? 0) + (profile.timeDeltas[at] ?? 0));
    });
  }
  const work = [...own].filter(([where]) => !NOT_WORK.has(where.split('  ')[0] ?? ''));
  const total = work.reduce((sum, [, time]) => sum + time, 0);
  return work
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([where, time]) => `${((time * 100) / total).toFixed(1).padStart(5)} %  ${where}`);
}

function label({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.split('/').slice(-3).join('/');
  return `${functionName === '' ? '(anonymous)' : functionName}  ${file}${file === '' ? '' : `:${lineNumber + 1}`}`;
}
