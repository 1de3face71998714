-- Up Migration

-- Security keys (PROTOCOL.u2f): whether a PIN or finger is asked for, and the authenticator's last counter.
ALTER TABLE ssh_keys
  ADD COLUMN verify_required boolean NOT NULL DEFAULT false,
  ADD COLUMN sign_counter bigint CHECK (sign_counter BETWEEN 0 AND 4294967295);

-- An approval may be the second factor of one person's key: then it is theirs to give, and nobody else's.
ALTER TABLE ssh_sign_ins
  ADD COLUMN for_person_id uuid REFERENCES persons,
  ADD COLUMN key_fingerprint text REFERENCES ssh_keys,
  ADD CONSTRAINT ssh_sign_ins_factor CHECK ((for_person_id IS NULL) = (key_fingerprint IS NULL)),
  ADD CONSTRAINT ssh_sign_ins_own_approval CHECK (
    state <> 'approved' OR for_person_id IS NULL OR for_person_id = person_id);
CREATE INDEX ssh_sign_ins_remembered ON ssh_sign_ins (key_fingerprint, source_address, decided_at)
  WHERE key_fingerprint IS NOT NULL AND decided_at IS NOT NULL;

-- What was asked never changes after it was asked; only the decision is written.
REVOKE UPDATE ON ssh_sign_ins FROM sekisho_gateway;
GRANT UPDATE (state, person_id, decided_at) ON ssh_sign_ins TO sekisho_gateway;

-- A session began by a key, by a key and its holder's approval, by a certificate, or by an approval alone.
ALTER TABLE sessions DROP CONSTRAINT sessions_signed_in_by_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_signed_in_by_check
  CHECK (signed_in_by IN ('ssh_key', 'ssh_key_and_browser', 'certificate', 'browser'));
