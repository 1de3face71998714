-- Up Migration

-- The role the running gateway has. It owns nothing: what it may not do here, no bug or injection of ours can do.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sekisho_gateway') THEN
    CREATE ROLE sekisho_gateway NOLOGIN;
  END IF;
END $$;
GRANT USAGE ON SCHEMA public TO sekisho_gateway;

-- Evidence is append-only for everybody, the tables' owner included: the trigger also stops TRUNCATE and DELETE by mistake.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TABLE persons (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  email text CHECK (length(email) <= 320),
  employer text NOT NULL DEFAULT '' CHECK (length(employer) <= 200),
  locale text NOT NULL CHECK (locale IN ('en', 'ja')),
  roles text[] NOT NULL CHECK (roles <@ ARRAY['maintainer', 'owner', 'auditor', 'security_officer', 'administrator']),
  contract_ends_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE identities (
  issuer text NOT NULL,
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  person_id uuid NOT NULL REFERENCES persons,
  linked_at timestamptz NOT NULL,
  PRIMARY KEY (issuer, subject)
);

CREATE TABLE locks (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES persons,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  locked_by uuid NOT NULL REFERENCES persons,
  locked_at timestamptz NOT NULL,
  lifted_by uuid REFERENCES persons,
  lifted_at timestamptz,
  CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);
CREATE UNIQUE INDEX locks_one_active ON locks (person_id) WHERE lifted_at IS NULL;

CREATE TABLE web_sessions (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  person_id uuid NOT NULL REFERENCES persons,
  id_token_hint text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE TABLE ssh_keys (
  fingerprint text PRIMARY KEY CHECK (fingerprint ~ '^SHA256:[A-Za-z0-9+/]{43}$'),
  person_id uuid NOT NULL REFERENCES persons,
  algorithm text NOT NULL,
  public_key bytea NOT NULL,
  label text NOT NULL DEFAULT '' CHECK (length(label) <= 200),
  enrolled_at timestamptz NOT NULL,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX ssh_keys_person ON ssh_keys (person_id);

-- One browser approval of one SSH connection that showed no known key.
CREATE TABLE ssh_sign_ins (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]{4}-[A-Z0-9]{4}$'),
  state text NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'expired')),
  login_name text NOT NULL,
  source_address text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  person_id uuid REFERENCES persons,
  decided_at timestamptz,
  CHECK ((state IN ('approved', 'denied')) = (person_id IS NOT NULL))
);

CREATE TABLE systems (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title_en text NOT NULL,
  title_ja text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE system_owners (
  system_id uuid NOT NULL REFERENCES systems,
  person_id uuid NOT NULL REFERENCES persons,
  PRIMARY KEY (system_id, person_id)
);

CREATE TABLE targets (
  id uuid PRIMARY KEY,
  system_id uuid NOT NULL REFERENCES systems,
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  host text NOT NULL CHECK (host ~ '^[A-Za-z0-9.:-]{1,253}$'),
  port integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
  host_key text NOT NULL CHECK (host_key ~ '^[a-z0-9-]+ [A-Za-z0-9+/=]+$'),
  mode text NOT NULL CHECK (mode IN ('guarded-line', 'recorded')),
  created_at timestamptz NOT NULL
);

CREATE TABLE protected_assets (
  id uuid PRIMARY KEY,
  system_id uuid NOT NULL REFERENCES systems,
  kind text NOT NULL CHECK (kind IN ('table', 'path')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 1024),
  data_class text NOT NULL CHECK (length(data_class) BETWEEN 1 AND 100),
  record_count bigint CHECK (record_count >= 0),
  UNIQUE (system_id, kind, name)
);

-- No shared account exists, by constraint: one person an account, one account a person, and no name that means a role.
CREATE TABLE target_accounts (
  id uuid PRIMARY KEY,
  target_id uuid NOT NULL REFERENCES targets,
  person_id uuid NOT NULL REFERENCES persons,
  account text NOT NULL CHECK (account ~ '^[a-z_][a-z0-9_.-]{0,31}$'),
  created_at timestamptz NOT NULL,
  CONSTRAINT target_accounts_one_person UNIQUE (target_id, account),
  CONSTRAINT target_accounts_one_account UNIQUE (target_id, person_id),
  CONSTRAINT target_accounts_no_shared_name CHECK (account NOT IN (
    'root', 'toor', 'admin', 'administrator', 'adm', 'sysadmin', 'system', 'operator', 'daemon', 'bin', 'sys', 'nobody',
    'guest', 'user', 'test', 'oracle', 'postgres', 'mysql', 'mariadb', 'mongodb', 'redis', 'apache', 'www-data', 'nginx',
    'ubuntu', 'debian', 'centos', 'ec2-user', 'ansible', 'backup', 'maintenance', 'support', 'service', 'shared'))
);

CREATE TABLE grants (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES persons,
  target_id uuid NOT NULL REFERENCES targets,
  actions text[] NOT NULL CHECK (cardinality(actions) > 0 AND actions <@ ARRAY['shell', 'exec']),
  expires_at timestamptz NOT NULL,
  granted_by uuid REFERENCES persons,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX grants_person_target ON grants (person_id, target_id);

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  connection_id uuid NOT NULL,
  gateway_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES persons,
  target_id uuid NOT NULL REFERENCES targets,
  account text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('shell', 'exec')),
  command text,
  source_address text NOT NULL,
  signed_in_by text NOT NULL CHECK (signed_in_by IN ('ssh_key', 'browser')),
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  close_reason text,
  exit_status integer,
  CHECK ((closed_at IS NULL) = (close_reason IS NULL))
);
CREATE INDEX sessions_person ON sessions (person_id, opened_at DESC);
CREATE INDEX sessions_target ON sessions (target_id, opened_at DESC);
CREATE INDEX sessions_open ON sessions (gateway_id) WHERE closed_at IS NULL;

-- The index of sealed recordings. The truth is in the files and the signed log; this finds them.
CREATE TABLE recordings (
  session_id uuid PRIMARY KEY REFERENCES sessions,
  file text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes > 0),
  frames bigint NOT NULL CHECK (frames > 0),
  head bytea NOT NULL CHECK (length(head) = 32),
  open_leaf bigint NOT NULL CHECK (open_leaf >= 0),
  close_leaf bigint NOT NULL CHECK (close_leaf > open_leaf),
  recovered boolean NOT NULL,
  sealed_at timestamptz NOT NULL
);

-- What somebody tried that needs a ticket; the ticket form is filled in from here, so what is asked is what was tried.
CREATE TABLE refused_acts (
  id uuid PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions,
  person_id uuid NOT NULL REFERENCES persons,
  target_id uuid NOT NULL REFERENCES targets,
  text text NOT NULL,
  judgement jsonb NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  refused_at timestamptz NOT NULL
);

CREATE TABLE tickets (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  kind text NOT NULL CHECK (kind = 'export'),
  state text NOT NULL CHECK (state IN
    ('requested', 'approved', 'in_use', 'used', 'aborted', 'rejected', 'withdrawn', 'revoked', 'expired')),
  requester_id uuid NOT NULL REFERENCES persons,
  target_id uuid NOT NULL REFERENCES targets,
  refused_act_id uuid NOT NULL REFERENCES refused_acts,
  act_text text NOT NULL,
  act_judgement jsonb NOT NULL,
  act_digest bytea NOT NULL CHECK (length(act_digest) = 32),
  purpose text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 2000),
  client text NOT NULL DEFAULT '' CHECK (length(client) <= 200),
  destination text NOT NULL CHECK (destination = 'workstation'),
  rows_max bigint NOT NULL CHECK (rows_max > 0),
  bytes_max bigint NOT NULL CHECK (bytes_max > 0),
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL CHECK (not_after > not_before),
  decide_by timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX tickets_match ON tickets (requester_id, target_id, act_digest) WHERE state = 'approved';
CREATE INDEX tickets_open ON tickets (not_after) WHERE state IN ('requested', 'approved');

CREATE TABLE approvals (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES tickets,
  approver_id uuid NOT NULL REFERENCES persons,
  decision text NOT NULL CHECK (decision IN ('approve', 'reject')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  act_digest bytea NOT NULL CHECK (length(act_digest) = 32),
  decided_at timestamptz NOT NULL,
  CONSTRAINT approvals_one_each UNIQUE (ticket_id, approver_id)
);

-- Second net under decideApproval: nobody approves what they asked for, and an approval names the act that was asked.
CREATE FUNCTION check_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked tickets%ROWTYPE;
BEGIN
  SELECT * INTO asked FROM tickets WHERE id = NEW.ticket_id;
  IF asked.requester_id = NEW.approver_id THEN
    RAISE EXCEPTION 'the requester cannot decide' USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_not_own';
  END IF;
  IF asked.act_digest <> NEW.act_digest THEN
    RAISE EXCEPTION 'the approval is for another act' USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_same_act';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approvals_check BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION check_approval();

-- The one use of a ticket: the primary key is the single use.
CREATE TABLE redemptions (
  ticket_id uuid PRIMARY KEY REFERENCES tickets,
  session_id uuid NOT NULL REFERENCES sessions,
  redeemed_at timestamptz NOT NULL
);

CREATE TABLE redemption_results (
  ticket_id uuid PRIMARY KEY REFERENCES redemptions,
  outcome text NOT NULL CHECK (outcome IN ('completed', 'limit_exceeded', 'interrupted', 'failed')),
  rows bigint NOT NULL CHECK (rows >= 0),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  exit_status integer,
  finished_at timestamptz NOT NULL
);

-- What a ticket is asked for never changes after it was asked; only its state moves.
CREATE FUNCTION keep_ticket_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ROW(OLD.id, OLD.kind, OLD.requester_id, OLD.target_id, OLD.refused_act_id, OLD.act_text, OLD.act_judgement, OLD.act_digest,
         OLD.purpose, OLD.client, OLD.destination, OLD.rows_max, OLD.bytes_max, OLD.not_before, OLD.not_after, OLD.decide_by, OLD.created_at)
     IS DISTINCT FROM
     ROW(NEW.id, NEW.kind, NEW.requester_id, NEW.target_id, NEW.refused_act_id, NEW.act_text, NEW.act_judgement, NEW.act_digest,
         NEW.purpose, NEW.client, NEW.destination, NEW.rows_max, NEW.bytes_max, NEW.not_before, NEW.not_after, NEW.decide_by, NEW.created_at)
  THEN
    RAISE EXCEPTION 'a ticket''s act never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_act_fixed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tickets_keep_act BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION keep_ticket_act();

CREATE TABLE audit_events (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  type text NOT NULL,
  actor_id uuid,
  session_id uuid,
  ticket_id uuid,
  body jsonb NOT NULL
);
CREATE INDEX audit_events_type ON audit_events (type, seq);
CREATE INDEX audit_events_session ON audit_events (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX audit_events_ticket ON audit_events (ticket_id) WHERE ticket_id IS NOT NULL;

-- Work that must follow a committed change; a dispatcher moves rows from here to the queue.
CREATE TABLE outbox (
  id uuid PRIMARY KEY,
  topic text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  dispatched_at timestamptz
);
CREATE INDEX outbox_waiting ON outbox (created_at) WHERE dispatched_at IS NULL;

CREATE TABLE notifications (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES persons,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  read_at timestamptz
);
CREATE INDEX notifications_person ON notifications (person_id, created_at DESC);

DO $$
DECLARE evidence text;
BEGIN
  FOREACH evidence IN ARRAY ARRAY['audit_events', 'approvals', 'recordings', 'refused_acts', 'redemptions', 'redemption_results'] LOOP
    EXECUTE format('CREATE TRIGGER %I_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      evidence, evidence);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO sekisho_gateway', evidence);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON persons, identities, locks, ssh_keys, ssh_sign_ins, systems, targets, protected_assets,
  target_accounts, grants, sessions, tickets, outbox, notifications TO sekisho_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON web_sessions TO sekisho_gateway;
GRANT SELECT, INSERT, DELETE ON system_owners TO sekisho_gateway;
GRANT DELETE ON outbox TO sekisho_gateway;

-- A lock, a revoked grant or key, or an ended contract reaches every gateway at once; live sessions end within a second.
CREATE FUNCTION announce_access_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- By name: the tables do not have the same columns.
  PERFORM pg_notify('sekisho_access_changed', to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'persons' THEN 'id' ELSE 'person_id' END);
  RETURN NEW;
END $$;
CREATE TRIGGER locks_announce AFTER INSERT OR UPDATE ON locks FOR EACH ROW EXECUTE FUNCTION announce_access_change();
CREATE TRIGGER grants_announce AFTER UPDATE ON grants FOR EACH ROW EXECUTE FUNCTION announce_access_change();
CREATE TRIGGER target_accounts_announce AFTER UPDATE ON target_accounts FOR EACH ROW EXECUTE FUNCTION announce_access_change();
CREATE TRIGGER ssh_keys_announce AFTER UPDATE OF revoked_at ON ssh_keys FOR EACH ROW EXECUTE FUNCTION announce_access_change();
CREATE TRIGGER persons_announce AFTER UPDATE OF roles, contract_ends_at ON persons FOR EACH ROW EXECUTE FUNCTION announce_access_change();

CREATE FUNCTION announce_sign_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sekisho_sign_in_decided', NEW.id::text);
  RETURN NEW;
END $$;
CREATE TRIGGER ssh_sign_ins_announce AFTER UPDATE OF state ON ssh_sign_ins FOR EACH ROW EXECUTE FUNCTION announce_sign_in();

CREATE FUNCTION announce_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sekisho_outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_announce AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox();
