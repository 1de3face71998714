export { type AccountReport, type InspectedTarget, inspectedTargets } from './accounts/queries.ts';
export { listAccountReports, reportAccounts, reportUnread } from './accounts/reports.ts';
export { openTerminalConnection } from './terminals/open.ts';
export { endGrant, fingerprintOfLine, pinHostKey } from './administration/change.ts';
export type { AdministeredSystem, AdministeredTarget } from './administration/queries.ts';
export { findTarget, listSystems } from './administration/read.ts';
export { loadAuthorizationFacts, type TargetRules } from './access/facts.ts';
export { protectCopies } from './assets/copies.ts';
export { listOpenServers, listOpenTargets, type OpenTarget } from './access/open-targets.ts';
export { announceKey, forgetKey, rotationOf, type RotationStep, switchKey } from './certificates/authority-key.ts';
export type { AgentKey } from './certificates/agent.ts';
export {
  type CertificateAuthority,
  loadCertificateAuthority,
  openAgentAuthority,
  type UserAuthority,
} from './certificates/authority.ts';
export { type Certificate, decodeCertificate } from './certificates/certificate.ts';
export { type VerifiedCertificate, verifyUserCertificate } from './certificates/verify.ts';
export {
  type HostCertificateFacts,
  type VerifiedHostCertificate,
  verifyHostCertificate,
} from './certificates/verify-host.ts';
export {
  type FactorRules,
  factorServesUntil,
  listFactors,
  proveTotp,
  removeFactor,
  requireFactor,
  requireFactorForChange,
} from './factors/own-factors.ts';
export {
  beginPasskey,
  beginPasskeyProof,
  finishPasskey,
  provePasskey,
  type RelyingParty,
} from './factors/passkeys.ts';
export { type FactorSeal, loadFactorSeal } from './factors/seal.ts';
export { beginTotp, checkTotp, hasAuthenticator } from './factors/totp.ts';
export { findTargetPolicy, listMeterUse, listTargetPolicies } from './guarded/policies.ts';
export { applyInventory } from './inventory/apply.ts';
export { type Inventory, type InventoryInput, InventorySchema } from './inventory/schema.ts';
export { enrolSshKey, findPersonByKey, revokeSshKey } from './keys/enrol.ts';
export { type GeneratedKey, generateSshKey } from './keys/generate.ts';
export { fingerprintOf, type PublicKey, parsePublicKey } from './keys/public-key.ts';
export { isCertificate, type Proof, type SecurityKeyUse, verifyPossession, wasUserVerified } from './keys/proof.ts';
export { type KeyRecord, listSshKeys, type SshKey } from './keys/queries.ts';
export { verifySshSignature } from './keys/signature.ts';
export { findKey, type KeyUseRefusal, noteCounter, noteKeyUse } from './keys/use.ts';
export {
  type CertificateHolder,
  certificateIsFor,
  certifiedKeyFingerprint,
  certificateSerial,
  findPersonByCertificate,
  isCertificateInForce,
  isCertificateUnrevoked,
  type LoginDeps,
  noteCertificateUsed,
  revocationText,
  revokeHeldCertificate,
  revokeLoginCertificate,
} from './login/certificates.ts';
export { findTokenHolder, type IssuedToken, revokeApiToken } from './api-tokens/tokens.ts';
export { awaitLogin, type LoginAnswer } from './login/claim.ts';
export { decideLogin } from './login/decide.ts';
export { listCertificates, type LoginCertificate } from './login/queries.ts';
export { findLogin, type Login, requestLogin } from './login/request.ts';
export { endContracts } from './lifecycle/contracts.ts';
export { remindOfEnds } from './lifecycle/remind.ts';
export { leavePerson } from './lifecycle/leave.ts';
export { liftLock, liftOverdueLocks, listLocks, listStandingLocks, placeLock } from './locks/locks.ts';
export { lockOnTicket } from './locks/queries.ts';
export { lockPerson, unlockPerson } from './persons/locks.ts';
export { type Claims, changeLocale, provisionPerson } from './persons/provision.ts';
export { findPerson, isLocked, listPersons, type PersonEntry } from './persons/queries.ts';
export { climbOverdueAccessReviews } from './reviews/climb/climb.ts';
export { decideReviewItem, signReview } from './reviews/decide.ts';
export { REVIEW_DECISIONS } from './reviews/model.ts';
export { exportReview, listReviews, readReview } from './reviews/read.ts';
export { startReview } from './reviews/start.ts';
export { ScimFault } from './scim/fault.ts';
export {
  changeScimGroup,
  createScimGroup,
  deleteScimGroup,
  findScimGroup,
  listScimGroups,
} from './scim/groups.ts';
export { applyPatch, PatchSchema } from './scim/patch.ts';
export { etagOf as scimEtag, GroupInput, groupJson, UserInput, userJson } from './scim/resources.ts';
export type { ScimDeps } from './scim/service.ts';
export { createScimToken, findScimClient, listScimTokens, revokeScimToken } from './scim/tokens.ts';
export { changeScimUser, createScimUser, deleteScimUser, findScimUser, listScimUsers } from './scim/users.ts';
export { decideSignIn } from './sign-ins/decide.ts';
export type { Confirmation, SignInFactor, SignInRequest } from './sign-ins/queries.ts';
export { insertApprovedConnection } from './sign-ins/queries.ts';
export { findSignIn, requestSignIn } from './sign-ins/request.ts';
export { offeredPairs, type WordPair, wordsOf } from './sign-ins/words.ts';
export { SIGN_INS_CHANGED, waitForSignIn } from './sign-ins/wait.ts';
export { keepSiteCredential, openSiteCredential } from './sites/credentials.ts';
export { endSiteSignIns, type Site, type SiteSignIn } from './sites/queries.ts';
export { enterSite, findSite, findSiteSignIn, handOverToSite } from './sites/sign-ins.ts';
export {
  askSecretRotation,
  listTargetSecrets,
  type SecretDeps,
  setTargetSecret,
  useTargetSecret,
} from './target-secrets/secrets.ts';
export { beginRotation, dueRotations, failRotation, finishRotation, type Rotation } from './target-secrets/rotation.ts';
export { loadSecretSeal, type SecretSeal } from './target-secrets/seal.ts';
export { endProviderSession, type ProviderLogout } from './web-sessions/provider-logout.ts';
export { type Assurance, inheritConnectionSignIn, type WebSession } from './web-sessions/queries.ts';
export {
  closeWebSession,
  endWebSessions,
  findWebSession,
  listWebSessions,
  openWebSession,
  type WebPrincipal,
} from './web-sessions/web-sessions.ts';
