-- Up Migration

-- Who somebody reports to; who left; and a name's shape, by which two names that look alike are found.
ALTER TABLE persons
  ADD COLUMN manager_id uuid REFERENCES persons,
  ADD COLUMN deactivated_at timestamptz,
  ADD COLUMN name_shape text CHECK (length(name_shape) <= 800),
  ADD CONSTRAINT persons_manager_is_another CHECK (manager_id <> id);
CREATE INDEX persons_name_shape ON persons (name_shape);

DROP TRIGGER persons_announce ON persons;
CREATE TRIGGER persons_announce AFTER UPDATE OF roles, contract_ends_at, deactivated_at ON persons
  FOR EACH ROW EXECUTE FUNCTION announce_access_change();

-- A sign-in at the console: at which provider, in which session there, how sure the provider was, and when its person
-- last showed a second factor.
ALTER TABLE web_sessions
  ADD COLUMN id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  ADD COLUMN issuer text CHECK (length(issuer) <= 2048),
  ADD COLUMN provider_session text CHECK (length(provider_session) <= 255),
  ADD COLUMN assurance text NOT NULL DEFAULT 'single' CHECK (assurance IN ('single', 'multi')),
  ADD COLUMN factor_at timestamptz,
  ADD COLUMN source_address text NOT NULL DEFAULT '' CHECK (length(source_address) <= 255);
CREATE INDEX web_sessions_person ON web_sessions (person_id);
CREATE INDEX web_sessions_provider ON web_sessions (issuer, provider_session);

-- What one sign-in at the console let in elsewhere ends with it when the provider says that it is over.
-- The provider's own session is kept with it: the sign-in here may be over long before the one there.
ALTER TABLE logins
  ADD COLUMN web_session_id uuid,
  ADD COLUMN issuer text,
  ADD COLUMN provider_session text;
CREATE INDEX logins_web_session ON logins (web_session_id) WHERE web_session_id IS NOT NULL;
CREATE TABLE connection_sign_ins (
  connection_id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES persons,
  web_session_id uuid NOT NULL,
  issuer text,
  provider_session text,
  signed_in_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX connection_sign_ins_web_session ON connection_sign_ins (web_session_id);
CREATE INDEX connection_sign_ins_person ON connection_sign_ins (person_id) WHERE ended_at IS NULL;
GRANT SELECT, INSERT ON connection_sign_ins TO sekisho_gateway;
GRANT UPDATE (ended_at) ON connection_sign_ins TO sekisho_gateway;
CREATE TRIGGER connection_sign_ins_announce AFTER UPDATE OF ended_at ON connection_sign_ins
  FOR EACH ROW EXECUTE FUNCTION announce_access_change();

-- The two words both sides show, by their places in the list; and which sign-in at the console decided.
ALTER TABLE ssh_sign_ins
  ADD COLUMN words smallint[] CHECK (cardinality(words) = 2),
  ADD COLUMN web_session_id uuid,
  DROP CONSTRAINT ssh_sign_ins_purpose_check,
  ADD CONSTRAINT ssh_sign_ins_purpose_check CHECK (purpose IN ('sign_in', 'budget', 'session'));
GRANT UPDATE (web_session_id) ON ssh_sign_ins TO sekisho_gateway;
GRANT UPDATE (web_session_id, issuer, provider_session) ON logins TO sekisho_gateway;

ALTER TABLE sessions DROP CONSTRAINT sessions_signed_in_by_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_signed_in_by_check
  CHECK (signed_in_by IN ('ssh_key', 'ssh_key_and_browser', 'ssh_key_and_totp', 'security_key', 'certificate', 'browser'));

-- Second factors of ours. A passkey's row stays after its removal, so that nobody registers it for somebody else.
CREATE TABLE passkeys (
  id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 1400),
  person_id uuid NOT NULL REFERENCES persons,
  public_key bytea NOT NULL CHECK (length(public_key) <= 2048),
  counter bigint NOT NULL CHECK (counter BETWEEN 0 AND 4294967295),
  transports text[] NOT NULL,
  backed_up boolean NOT NULL,
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
  registered_at timestamptz NOT NULL,
  last_used_at timestamptz,
  removed_at timestamptz
);
CREATE INDEX passkeys_person ON passkeys (person_id) WHERE removed_at IS NULL;

-- The secret is sealed with a key that lies in the data directory. `last_step`: no step counts twice.
CREATE TABLE totp_secrets (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES persons,
  sealed_secret bytea NOT NULL CHECK (length(sealed_secret) BETWEEN 29 AND 200),
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0 CHECK (last_step >= 0),
  last_used_at timestamptz,
  failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
  failed_at timestamptz,
  removed_at timestamptz
);
CREATE UNIQUE INDEX totp_secrets_one ON totp_secrets (person_id) WHERE removed_at IS NULL;

-- A challenge is answered once, in the sign-in that asked for it.
CREATE TABLE factor_challenges (
  challenge_hash bytea PRIMARY KEY CHECK (length(challenge_hash) = 32),
  web_session_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES persons,
  purpose text NOT NULL CHECK (purpose IN ('registration', 'assertion')),
  expires_at timestamptz NOT NULL
);
CREATE INDEX factor_challenges_expires ON factor_challenges (expires_at);

-- Logout tokens of providers that were taken already, until they would have expired.
CREATE TABLE provider_logouts (
  issuer text NOT NULL,
  token_id text NOT NULL CHECK (length(token_id) BETWEEN 1 AND 255),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (issuer, token_id)
);

-- Provisioning by SCIM (RFC 7643): a token for each provider's client, what the client calls each person, its groups.
CREATE TABLE scim_tokens (
  id uuid PRIMARY KEY,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 2048),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE TABLE scim_users (
  person_id uuid PRIMARY KEY REFERENCES persons,
  issuer text NOT NULL,
  user_name text NOT NULL CHECK (length(user_name) BETWEEN 1 AND 320),
  external_id text CHECK (length(external_id) BETWEEN 1 AND 255),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX scim_users_name ON scim_users (issuer, lower(user_name));
CREATE UNIQUE INDEX scim_users_external ON scim_users (issuer, external_id) WHERE external_id IS NOT NULL;
CREATE TABLE scim_groups (
  id uuid PRIMARY KEY,
  issuer text NOT NULL,
  display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 200),
  external_id text CHECK (length(external_id) BETWEEN 1 AND 255),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (issuer, display_name)
);
CREATE TABLE scim_group_members (
  group_id uuid NOT NULL REFERENCES scim_groups ON DELETE CASCADE,
  person_id uuid NOT NULL REFERENCES persons,
  PRIMARY KEY (group_id, person_id)
);
CREATE INDEX scim_group_members_person ON scim_group_members (person_id);

-- A counter or step that went back would let a copy or a replay in.
CREATE FUNCTION refuse_lower_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(NEW) ->> TG_ARGV[0])::bigint < (to_jsonb(OLD) ->> TG_ARGV[0])::bigint THEN
    RAISE EXCEPTION 'a factor never goes back' USING ERRCODE = 'check_violation', CONSTRAINT = 'factor_only_up';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER passkeys_only_up BEFORE UPDATE ON passkeys FOR EACH ROW EXECUTE FUNCTION refuse_lower_factor('counter');
CREATE TRIGGER totp_secrets_only_up BEFORE UPDATE ON totp_secrets FOR EACH ROW EXECUTE FUNCTION refuse_lower_factor('last_step');

GRANT SELECT, INSERT ON passkeys, totp_secrets TO sekisho_gateway;
GRANT UPDATE (counter, backed_up, last_used_at, removed_at) ON passkeys TO sekisho_gateway;
GRANT UPDATE (confirmed_at, last_step, last_used_at, failures, failed_at, removed_at) ON totp_secrets TO sekisho_gateway;
GRANT SELECT, INSERT, UPDATE ON scim_tokens, scim_users, scim_groups TO sekisho_gateway;
GRANT SELECT, INSERT, DELETE ON factor_challenges, provider_logouts, scim_group_members TO sekisho_gateway;
GRANT DELETE ON scim_users, scim_groups TO sekisho_gateway;
