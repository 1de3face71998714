/** What every reader of a body gives. */
export interface Read {
  readonly rows: number;
  /** What a reader of the page would see, one record a line; in the body's own character set. */
  readonly text: Buffer;
}

export interface BodyReader {
  take(chunk: Buffer): Read;
  finish(): Read;
}
