-- Up Migration

-- A site of a system: reached by browsers through the gateway, and never by SSH.
ALTER TABLE targets DROP CONSTRAINT targets_mode_check;
ALTER TABLE targets ADD CONSTRAINT targets_mode_check
  CHECK (mode IN ('exec-only', 'guarded-line', 'guarded-shell', 'guarded-pty', 'guarded-web', 'recorded'));
-- How it is spoken to and what counts as an export of it (docs/manual/en/http.md); null: a server spoken to by SSH.
ALTER TABLE targets ADD COLUMN web jsonb;
ALTER TABLE targets DROP CONSTRAINT targets_host_known;
ALTER TABLE targets ADD CONSTRAINT targets_host_known
  CHECK (host_key IS NOT NULL OR host_ca IS NOT NULL OR web IS NOT NULL);
ALTER TABLE targets ADD CONSTRAINT targets_web_or_ssh
  CHECK ((mode = 'guarded-web') <= (web IS NOT NULL) AND (web IS NULL OR mode IN ('guarded-web', 'recorded')));

ALTER TABLE grants DROP CONSTRAINT grants_actions_check;
ALTER TABLE grants ADD CONSTRAINT grants_actions_check CHECK (
  cardinality(actions) > 0 AND actions <@ ARRAY['shell', 'exec', 'upload', 'download', 'develop', 'web']);
ALTER TABLE sessions DROP CONSTRAINT sessions_kind_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_kind_check CHECK (kind IN ('shell', 'exec', 'files', 'web'));

-- One way from the console's sign-in to the host name of one target: a code that is used once within seconds, then a
-- cookie of that host alone. Both are kept as SHA-256, so that a copy of the database lets nobody in.
CREATE TABLE site_sign_ins (
  id uuid PRIMARY KEY,
  connection_id uuid NOT NULL UNIQUE,
  person_id uuid NOT NULL REFERENCES persons,
  target_id uuid NOT NULL REFERENCES targets,
  code_hash bytea NOT NULL UNIQUE CHECK (length(code_hash) = 32),
  state_hash bytea NOT NULL CHECK (length(state_hash) = 32),
  code_expires_at timestamptz NOT NULL,
  token_hash bytea UNIQUE CHECK (length(token_hash) = 32),
  source_address text NOT NULL,
  created_at timestamptz NOT NULL,
  entered_at timestamptz,
  expires_at timestamptz NOT NULL,
  CHECK ((token_hash IS NULL) = (entered_at IS NULL))
);
CREATE INDEX site_sign_ins_expired ON site_sign_ins (expires_at);
GRANT SELECT, INSERT, DELETE ON site_sign_ins TO sekisho_gateway;
GRANT UPDATE (token_hash, entered_at, expires_at) ON site_sign_ins TO sekisho_gateway;

-- What a person signs in with at a site that cannot be told by a header; sealed with a key outside the database.
CREATE TABLE site_credentials (
  target_id uuid NOT NULL REFERENCES targets,
  person_id uuid NOT NULL REFERENCES persons,
  account text NOT NULL CHECK (length(account) BETWEEN 1 AND 200),
  sealed bytea NOT NULL CHECK (length(sealed) BETWEEN 29 AND 4096),
  set_at timestamptz NOT NULL,
  PRIMARY KEY (target_id, person_id),
  -- No shared login: an account of a site belongs to one person.
  CONSTRAINT site_credentials_one_person UNIQUE (target_id, account)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON site_credentials TO sekisho_gateway;
