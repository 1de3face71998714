import { GatewayError } from '../../../foundation/index.ts';

export { checkRules, type IdentifierRule } from '../../../policy/index.ts';

/** `code: message` of what `work` throws. */
export function hasCodeOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    return error instanceof GatewayError ? `${error.code}: ${error.message}` : String(error);
  }
  return 'nothing thrown';
}
