import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../support/paths.ts';

export interface Source {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly lines: readonly string[];
}

const PLACES = [
  ...[
    'foundation',
    'messages',
    'policy',
    'evidence',
    'recorder',
    'identity',
    'approvals',
    'gateway',
    'relay',
    'web',
    'demo',
    'main',
  ],
  ...['config', 'migrations', 'scripts', 'bin', 'tests', 'bench', 'docs', '.ci'],
];
const TEXT = /\.(ts|tsx|mjs|cjs|sql|md|css|html|json)$|^\.ci\/run$/;

/** Everything written by hand below the rooms and beside them. */
export async function readSources(): Promise<Source[]> {
  const paths = (await Promise.all(PLACES.map(below))).flat().filter((path) => TEXT.test(path));
  return Promise.all(
    paths.map(async (path) => ({ path, lines: (await readFile(join(ROOT, path), 'utf8')).split('\n') })),
  );
}

async function below(directory: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, directory), { withFileTypes: true }).catch(() => []);
  const nested = entries.map((entry) => {
    const path = `${directory}/${entry.name}`;
    return entry.isDirectory() ? below(path) : Promise.resolve([path]);
  });
  return (await Promise.all(nested)).flat();
}
