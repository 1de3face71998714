/** Where a limit can be lowered to: round values up to what was asked for, at most about a hundred. */

const STEPS_MAX = 100;

/** The smallest of 1, 2, 5, 10, 20 … that reaches `max` in a hundred steps. */
export function roundStep(max: number): number {
  let step = 1;
  for (const factors = [2, 2.5, 2]; max / step > STEPS_MAX; ) {
    const factor = factors.shift() ?? 2;
    step *= factor;
    factors.push(factor);
  }
  return step;
}

/** Positions of a slider, from 1: the last one is `max` itself. */
export function positionsOf(max: number): number {
  return Math.max(1, Math.ceil(max / roundStep(max)));
}

export function valueAt(position: number, max: number): number {
  return position >= positionsOf(max) ? max : Math.max(1, position * roundStep(max));
}

export function positionOf(value: number, max: number): number {
  return value >= max ? positionsOf(max) : Math.max(1, Math.round(value / roundStep(max)));
}
