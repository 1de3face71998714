-- Up Migration

-- Terminals in the browser: the sign-in at the console is what lets them in.
ALTER TABLE sessions DROP CONSTRAINT sessions_signed_in_by_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_signed_in_by_check
  CHECK (signed_in_by IN ('ssh_key', 'ssh_key_and_browser', 'ssh_key_and_totp', 'security_key', 'certificate', 'browser', 'web'));

-- A terminal ends with the very sign-in that opened it, in whatever way that one ends; an SSH connection that was only
-- approved there goes on. Every process with sessions hears of it by the trigger on ended_at.
ALTER TABLE connection_sign_ins ADD COLUMN terminal boolean NOT NULL DEFAULT false;
CREATE FUNCTION end_terminals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE connection_sign_ins SET ended_at = now() WHERE web_session_id = OLD.id AND terminal AND ended_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER web_sessions_end_terminals AFTER DELETE ON web_sessions
  FOR EACH ROW EXECUTE FUNCTION end_terminals();
