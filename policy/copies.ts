import type { AssetCopy, ProtectedAsset } from './model.ts';

/** What is protected once these copies will stand: what was protected before, and each copy where it lies. */
export function withCopies(assets: readonly ProtectedAsset[], copies: readonly AssetCopy[]): readonly ProtectedAsset[] {
  const known = new Set(assets.map(({ kind, name }) => `${kind}\0${name}`));
  const added = copies
    .map(({ asset, path }): ProtectedAsset => {
      const kind = path.startsWith('/') ? 'path' : 'table';
      return { kind, name: path, dataClass: 'copy', recordCount: null, copyOf: asset };
    })
    .filter(({ kind, name }) => !known.has(`${kind}\0${name}`));
  return added.length === 0 ? assets : [...assets, ...added];
}
