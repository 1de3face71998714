/** The attempt that the bytes move in, and how it ends: exactly one of the two. */
export interface Handover {
  readonly id: string;
  /** Before the last bytes. @throws {GatewayError} `parcel_unavailable`. */
  finish(): Promise<void>;
  giveUp(): Promise<void>;
}
