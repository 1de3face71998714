-- Up Migration

-- What a `sekisho login` speaks to the API with, for its hours. The token is known to that machine alone: here is its
-- SHA-256. It is worth something only while the certificate of the same login, where there is one, is not revoked.
CREATE TABLE api_tokens (
  id uuid PRIMARY KEY,
  login_id uuid NOT NULL UNIQUE REFERENCES logins,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  person_id uuid NOT NULL REFERENCES persons,
  fingerprint text NOT NULL CHECK (fingerprint ~ '^SHA256:[A-Za-z0-9+/]{43}$'),
  source_address text NOT NULL CHECK (length(source_address) <= 255),
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > issued_at),
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX api_tokens_person ON api_tokens (person_id) WHERE revoked_at IS NULL;

GRANT SELECT, INSERT ON api_tokens TO sekisho_gateway;
GRANT UPDATE (last_used_at, revoked_at) ON api_tokens TO sekisho_gateway;
CREATE TRIGGER api_tokens_stay_revoked BEFORE UPDATE ON api_tokens FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
  EXECUTE FUNCTION refuse_unrevocation();
