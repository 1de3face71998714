/** What is done about a ticket that waits. Pure and total. */
import { afterBusinessMinutes, type BusinessCalendar } from '../calendar/business-hours.ts';

export const STEPS = ['remind', 'substitutes', 'second_line'] as const;
export type LadderStep = (typeof STEPS)[number];

/** For what it waits: a decision, an answer of who asked, their work report, a review. */
export type WaitingPhase = 'decision' | 'answer' | 'report' | 'review';

/** Minutes of business time after which each rung is taken; null: never. */
export type Ladder = Readonly<Record<LadderStep, number | null>>;

export interface WaitingFacts {
  readonly phase: WaitingPhase;
  /** Since when it waits for that. */
  readonly since: Date;
  readonly now: Date;
  readonly told: readonly LadderStep[];
  readonly ladder: Ladder;
  readonly calendar: BusinessCalendar;
}

export interface NextStep {
  readonly step: LadderStep;
  readonly dueAt: Date;
}

/** The first rung that is due and was not taken; undefined: nothing is to be done now. */
export function nextStep({ phase, since, now, told, ladder, calendar }: WaitingFacts): NextStep | undefined {
  for (const step of STEPS) {
    const minutes = ladder[step];
    // Nobody can answer or report for somebody else: who could is only reminded, and then the second line hears of it.
    if (minutes === null || told.includes(step) || (step === 'substitutes' && isOwn(phase))) continue;
    const dueAt = afterBusinessMinutes(since, minutes, calendar);
    if (dueAt <= now) return { step, dueAt };
  }
  return undefined;
}

/** Whom a step tells. */
export function receiversOf(phase: WaitingPhase, step: LadderStep) {
  if (step !== 'remind') return step;
  return isOwn(phase) ? 'requester' : 'owners';
}

function isOwn(phase: WaitingPhase): boolean {
  return phase === 'answer' || phase === 'report';
}
