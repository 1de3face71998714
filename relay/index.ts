export { clamdScanner, NO_SCANNER, type Scanner, TEST_SCANNER } from './inspect/scanner.ts';
export { decideParcel, type ParcelDecision } from './journey/decide.ts';
export { receiptText } from './receipt/receipt.ts';
export { listenRelay, type RelayListener } from './sftp/listen.ts';
export { keepUpRelay, type UpkeepDeps } from './upkeep.ts';
export { findParcel, listParcels, listRoutes } from './views/queries.ts';
export { openParcel, type OpenParcel } from './vault/reader.ts';
export { filePieces, type PieceStore } from './vault/store.ts';
export { sealedVault } from './vault/writer.ts';
