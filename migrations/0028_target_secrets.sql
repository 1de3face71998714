-- Up Migration

-- How a target lets its accounts in. `password`: it knows no certificates; the gateway keeps a secret for each person's
-- account there and signs in with it. `rotate_secret`: whether the gateway may change it there after it was used.
ALTER TABLE targets ADD COLUMN sign_in text NOT NULL DEFAULT 'certificate' CHECK (sign_in IN ('certificate', 'password'));
ALTER TABLE targets ADD COLUMN rotate_secret text NOT NULL DEFAULT 'never' CHECK (rotate_secret IN ('never', 'after_use'));
ALTER TABLE targets ADD CONSTRAINT targets_rotate_password CHECK (rotate_secret = 'never' OR sign_in = 'password');

-- One person's secret on one target, sealed with a data key of its own; that key is wrapped by one that is not in this
-- database. `next_*`: a new secret that the target is being told; until it is known to have taken it both may be right.
CREATE TABLE target_secrets (
  target_id uuid NOT NULL,
  person_id uuid NOT NULL,
  account text NOT NULL,
  key_id text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
  wrapped_key bytea NOT NULL CHECK (length(wrapped_key) = 60),
  sealed bytea NOT NULL CHECK (length(sealed) BETWEEN 29 AND 2048),
  next_key_id text CHECK (next_key_id ~ '^[0-9a-f]{16}$'),
  next_wrapped_key bytea CHECK (length(next_wrapped_key) = 60),
  next_sealed bytea CHECK (length(next_sealed) BETWEEN 29 AND 2048),
  set_at timestamptz NOT NULL,
  -- Null: the gateway itself, when it changed the secret on the target.
  set_by uuid REFERENCES persons,
  used_at timestamptz,
  rotation_asked_at timestamptz,
  rotation_failed_at timestamptz,
  PRIMARY KEY (target_id, person_id),
  FOREIGN KEY (target_id, person_id) REFERENCES target_accounts (target_id, person_id),
  CHECK ((next_key_id IS NULL) = (next_wrapped_key IS NULL) AND (next_key_id IS NULL) = (next_sealed IS NULL))
);
GRANT SELECT, INSERT, UPDATE ON target_secrets TO sekisho_gateway;
