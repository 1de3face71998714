/** One line of "asked and done": which quantity, and whether what was done lies outside what was asked. */
export interface ReconciledLine {
  readonly what: 'outcome' | 'rows' | 'bytes' | 'window';
  readonly deviates: boolean;
}

export interface AskedAndDone {
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly result: {
    readonly outcome: string;
    readonly rows: number;
    readonly bytes: number;
    readonly exitStatus: number | null;
    readonly finishedAt: string;
  };
}

/** Lays what was asked beside what was done; lines that deviate come first, so that nobody has to look for them. */
export function reconcile(facts: AskedAndDone): readonly ReconciledLine[] {
  const { result } = facts;
  const finished = Date.parse(result.finishedAt);
  const lines: ReconciledLine[] = [
    { what: 'outcome', deviates: result.outcome !== 'completed' || result.exitStatus !== 0 },
    { what: 'rows', deviates: result.rows > facts.rowsMax },
    { what: 'bytes', deviates: result.bytes > facts.bytesMax },
    { what: 'window', deviates: finished < Date.parse(facts.notBefore) || finished > Date.parse(facts.notAfter) },
  ];
  return [...lines.filter((line) => line.deviates), ...lines.filter((line) => !line.deviates)];
}
