-- Up Migration

-- The gateway's role writes what happens to these rows. Whose they are, where they came from and what was asked never
-- changes: otherwise somebody with the role could make one person's certificate or session another's.
REVOKE UPDATE ON logins, login_certificates, sessions FROM sekisho_gateway;
GRANT UPDATE (state, person_id, decided_at) ON logins TO sekisho_gateway;
GRANT UPDATE (last_used_at, revoked_at) ON login_certificates TO sekisho_gateway;
GRANT UPDATE (closed_at, close_reason, exit_status, end_asked_at, end_text, paused_at, paused_by, pause_text, last_input_at)
  ON sessions TO sekisho_gateway;

CREATE FUNCTION refuse_unrevocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was revoked stays revoked';
END $$;
CREATE TRIGGER login_certificates_stay_revoked BEFORE UPDATE ON login_certificates FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
  EXECUTE FUNCTION refuse_unrevocation();
CREATE TRIGGER ssh_keys_stay_revoked BEFORE UPDATE ON ssh_keys FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
  EXECUTE FUNCTION refuse_unrevocation();
