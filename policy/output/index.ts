export { createTerminalGuard } from './guard.ts';
export { createPersonalDataMeter, type MeterOptions } from './meter.ts';
export {
  type Dropped,
  type DroppedKind,
  type Guarded,
  IDENTIFIER_KINDS,
  type IdentifierKind,
  type IdentifierRule,
  type Metered,
  type OpaquePart,
  type PersonalDataMeter,
  type Sighting,
  type TerminalEncoding,
  type TerminalGuard,
  type TransferOffer,
} from './model.ts';
export { CANCEL } from './offers.ts';
export { createOpaqueDetector, type OpaqueDetector } from './opaque.ts';
export { createRedactor, type Redactor, type RedactorOptions } from './redactor.ts';
export { checkRules, type CompiledRules, compileRules } from './rules.ts';
