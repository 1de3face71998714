export { BudgetPassed, createFileMeter, type FileMeter, tellPassed } from './file-meter.ts';
export { joinOnRoad, type OnRoad, type RoadEnd } from './join-on-road.ts';
export type { Act } from './model.ts';
