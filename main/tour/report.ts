/** How the tour is told: each step with what was really returned, and a stop at the first surprise. */

/** Something came back that the story does not have. Ends the tour with a non-zero status. */
export class Surprise extends Error {
  override readonly name = 'Surprise';
}

/** @throws {Surprise} when `fact` does not hold; `shown` is what came back instead. */
export function expect(fact: boolean, expectation: string, shown: unknown): asserts fact {
  if (!fact)
    throw new Surprise(
      `expected ${expectation}, but got:\n${typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2)}`,
    );
}

const SHOWN_LINES_MAX = 12;
const SHOWN_COLUMNS_MAX = 160;

export interface Report {
  step(title: string): void;
  /** A command as somebody would type it. */
  command(line: string): void;
  /** What came back, cut to a readable length. */
  output(text: string): void;
  fact(text: string): void;
}

export function createReport(write: (text: string) => void): Report {
  let steps = 0;
  return {
    step: (title) => {
      steps += 1;
      write(`\n${steps}. ${title}\n`);
    },
    command: (line) => write(`   $ ${line}\n`),
    output: (text) => write(indent(text)),
    fact: (text) => write(`   → ${text}\n`),
  };
}

function indent(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const shown = lines.slice(0, SHOWN_LINES_MAX).map((line) => `   | ${line.slice(0, SHOWN_COLUMNS_MAX)}\n`);
  const more = lines.length - SHOWN_LINES_MAX;
  return shown.join('') + (more > 0 ? `   | … ${more} more lines\n` : '');
}
