export { askToGoOn } from './confirm.ts';
export { loadMeterKey } from './key.ts';
export { type MeteredWork, Meters, type MetersDeps, type OpenMeter } from './meters.ts';
export type { Asking, ConnectionMeter, SessionMeter } from './session-meter.ts';
