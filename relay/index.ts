export { openParcel, type OpenParcel } from './vault/reader.ts';
export { filePieces, type PieceStore } from './vault/store.ts';
export { sealedVault } from './vault/writer.ts';
