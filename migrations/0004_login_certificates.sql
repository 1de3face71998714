-- Up Migration

-- A maintainer's command that waits for its person to say yes in the browser. The token by which it asks is known to it
-- alone: here is its SHA-256, so that a copy of the database fetches nobody's certificate.
CREATE TABLE logins (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]{4}-[A-Z0-9]{4}$'),
  poll_token_hash bytea NOT NULL UNIQUE CHECK (length(poll_token_hash) = 32),
  state text NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'expired', 'issued')),
  public_key bytea NOT NULL,
  fingerprint text NOT NULL CHECK (fingerprint ~ '^SHA256:[A-Za-z0-9+/]{43}$'),
  source_address text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  person_id uuid REFERENCES persons,
  decided_at timestamptz,
  CHECK ((state IN ('approved', 'denied', 'issued')) = (person_id IS NOT NULL))
);
CREATE INDEX logins_pending ON logins (source_address) WHERE state = 'pending';

-- Every certificate of the login authority: one whose serial is not here, or is revoked here, signs nobody in.
CREATE TABLE login_certificates (
  serial bigint PRIMARY KEY CHECK (serial > 0),
  login_id uuid NOT NULL UNIQUE REFERENCES logins,
  person_id uuid NOT NULL REFERENCES persons,
  public_key bytea NOT NULL,
  fingerprint text NOT NULL CHECK (fingerprint ~ '^SHA256:[A-Za-z0-9+/]{43}$'),
  source_address text NOT NULL,
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > issued_at),
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX login_certificates_person ON login_certificates (person_id);

GRANT SELECT, INSERT, UPDATE ON logins, login_certificates TO sekisho_gateway;

CREATE TRIGGER logins_announce AFTER UPDATE OF state ON logins FOR EACH ROW EXECUTE FUNCTION announce_sign_in();
CREATE TRIGGER login_certificates_announce AFTER UPDATE OF revoked_at ON login_certificates
  FOR EACH ROW EXECUTE FUNCTION announce_access_change();
