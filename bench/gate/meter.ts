/** Bulk reading that looks like ordinary work: where the meters stop it, and that they stop nothing else. */
import { bar, type Part } from '../model.ts';

const WHY = 'no meter of persons is measured by this program yet';

export function meter(): Promise<Part> {
  return Promise.resolve({
    figures: {},
    bars: [
      bar('meter/overrun', { value: null, op: '<=', limit: 1.2, unit: 'x budget' }, WHY),
      bar('meter/frozen_ordinary', { value: null, op: '=', limit: 0, unit: 'commands' }, WHY),
    ],
  });
}
