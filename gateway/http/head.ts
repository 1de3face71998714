/** The header lines of a request or an answer, in order. */
export type Head = readonly (readonly [string, string])[];
