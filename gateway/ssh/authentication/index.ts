export { Authentication, METHODS } from './authentication.ts';
export { type Credential, findCredential, noteUse } from './credential.ts';
export type { Arrival, AuthenticationDeps, SignedIn, SignInRules } from './model.ts';
export { provePossession } from './possession.ts';
export { type Attempt, Throttle } from './throttle.ts';
