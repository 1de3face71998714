export { type TerminalFront, TerminalHost, type NewTerminal, type Upgrade } from './host.ts';
export { type Opener, type TerminalAsked, TerminalDesk, type TerminalPlace, type TerminalSeat } from './desk.ts';
export type { Window } from './wire.ts';
