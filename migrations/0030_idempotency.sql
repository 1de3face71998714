-- Up Migration

-- Commands that were sent with an Idempotency-Key: what was asked under it, and what was answered, sealed with a key that
-- is not in this database. A row without an answer is a command that runs, or whose end nobody knows.
CREATE TABLE idempotency_keys (
  person_id uuid NOT NULL REFERENCES persons,
  key_digest bytea NOT NULL CHECK (length(key_digest) = 32),
  request_digest bytea NOT NULL CHECK (length(request_digest) = 32),
  claimed_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  answer bytea,
  PRIMARY KEY (person_id, key_digest)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
GRANT SELECT, INSERT, DELETE ON idempotency_keys TO sekisho_gateway;
GRANT UPDATE (answer) ON idempotency_keys TO sekisho_gateway;
