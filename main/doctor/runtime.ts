/** The program itself: what it runs on. */
import { requireNativeBinding, requirePatchedLibrary } from '../../gateway/index.ts';
import { type Check, type Finding, ok, problem, warning } from './model.ts';

const NODE_WANTED = [20, 19] as const;

export function runtimeChecks(mode: 'demo' | 'production' = 'production'): Check[] {
  return [
    { name: 'node', run: () => Promise.resolve([checkNode(process.versions.node)]) },
    { name: 'ssh-library', run: () => Promise.resolve([checkLibrary(mode)]) },
  ];
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = NODE_WANTED;
  const isNew = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  if (isNew) return ok('doctor.node.ok', { version });
  return problem('doctor.node.old', 'doctor.node.old.next', { version, wanted: NODE_WANTED.join('.') });
}

function checkLibrary(mode: 'demo' | 'production'): Finding {
  try {
    requirePatchedLibrary();
  } catch {
    return problem('doctor.library.unpatched', 'doctor.library.unpatched.next');
  }
  if (requireNativeBinding('demo')) return ok('doctor.library.ok');
  const level = mode === 'production' ? problem : warning;
  return level('doctor.library.no_native', 'doctor.library.no_native.next');
}
