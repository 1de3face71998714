/** Why a SCIM request is refused: the status and `scimType` of RFC 7644 §3.12. */
import { isUniqueViolation } from '../../foundation/index.ts';

export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'tooMany'
  | 'uniqueness';

export class ScimFault extends Error {
  override readonly name = 'ScimFault';
  readonly status: number;
  readonly scimType: ScimType | undefined;

  constructor(status: number, detail: string, scimType?: ScimType) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }
}

export const SCIM_NOT_FOUND = (): ScimFault => new ScimFault(404, 'There is no such resource.');

/** Two who are given one name in the same moment both found it free: the database says who came second. */
export async function unlessTaken<Written>(writing: Promise<Written>): Promise<Written> {
  try {
    return await writing;
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw new ScimFault(409, 'The name is taken.', 'uniqueness');
    throw thrown;
  }
}
