-- Up Migration

-- Tickets of every kind. What an export is about stands in the ticket; the other kinds say it in `details`.
ALTER TABLE tickets
  DROP CONSTRAINT tickets_kind_check,
  DROP CONSTRAINT tickets_state_check,
  DROP CONSTRAINT tickets_destination_check,
  ALTER COLUMN target_id DROP NOT NULL,
  ALTER COLUMN refused_act_id DROP NOT NULL,
  ALTER COLUMN act_text DROP NOT NULL,
  ALTER COLUMN act_judgement DROP NOT NULL,
  ALTER COLUMN destination DROP NOT NULL,
  ALTER COLUMN rows_max DROP NOT NULL,
  ALTER COLUMN bytes_max DROP NOT NULL,
  ADD COLUMN details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
  -- `class`: acts that differ in constants alone are covered too.
  ADD COLUMN scope text NOT NULL DEFAULT 'act' CHECK (scope IN ('act', 'class')),
  ADD COLUMN class_digest bytea CHECK (length(class_digest) = 32),
  ADD COLUMN uses_max integer NOT NULL DEFAULT 1 CHECK (uses_max BETWEEN 1 AND 100),
  ADD COLUMN uses integer NOT NULL DEFAULT 0 CHECK (uses >= 0),
  ADD COLUMN rows_used bigint NOT NULL DEFAULT 0 CHECK (rows_used >= 0),
  ADD COLUMN bytes_used bigint NOT NULL DEFAULT 0 CHECK (bytes_used >= 0),
  -- The window runs so long from the approval; null: it was chosen.
  ADD COLUMN lasts_seconds integer CHECK (lasts_seconds > 0),
  -- Somebody of the second line has to approve as well, as it stood when it was asked for.
  ADD COLUMN second_line boolean NOT NULL DEFAULT false,
  -- An emergency: until when its review is due, and from when on its person has no other emergency without it.
  ADD COLUMN review_by timestamptz,
  ADD COLUMN lock_at timestamptz,
  -- How far the overdue review was told of: 0 not, 1 to the second line, 2 the right is locked.
  ADD COLUMN overdue smallint NOT NULL DEFAULT 0 CHECK (overdue BETWEEN 0 AND 2),
  ADD CONSTRAINT tickets_kind_check CHECK (kind IN ('access', 'export', 'transfer', 'emergency')),
  ADD CONSTRAINT tickets_state_check CHECK (state IN ('requested', 'asked_back', 'approved', 'in_use', 'review_due',
    'reviewed', 'used', 'aborted', 'rejected', 'withdrawn', 'revoked', 'expired')),
  ADD CONSTRAINT tickets_destination_check CHECK (destination IN ('workstation', 'vault', 'system', 'outside')),
  ADD CONSTRAINT tickets_export_is_whole CHECK ((kind = 'export') = (num_nulls(target_id, refused_act_id, act_text,
    act_judgement, destination, rows_max, bytes_max) = 0)),
  ADD CONSTRAINT tickets_class CHECK ((scope = 'class') = (class_digest IS NOT NULL)),
  ADD CONSTRAINT tickets_uses CHECK (uses <= uses_max AND (kind = 'export' OR uses_max = 1)),
  ADD CONSTRAINT tickets_review CHECK ((kind = 'emergency') = (num_nulls(review_by, lock_at) = 0));

CREATE INDEX tickets_match_class ON tickets (requester_id, target_id, class_digest)
  WHERE state = 'approved' AND scope = 'class';
CREATE INDEX tickets_waiting ON tickets (number) WHERE state IN ('requested', 'asked_back');
CREATE INDEX tickets_of_requester ON tickets (requester_id, number);
CREATE INDEX tickets_act ON tickets (act_digest);
CREATE INDEX tickets_class ON tickets (class_digest) WHERE class_digest IS NOT NULL;
CREATE INDEX tickets_review ON tickets (review_by) WHERE kind = 'emergency' AND state IN ('in_use', 'review_due');

-- What a ticket is asked for never changes after it was asked. Its state moves, its uses and what they took only grow,
-- and a window that runs from the approval is set by the approval, once.
CREATE OR REPLACE FUNCTION keep_ticket_act() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves text[] := ARRAY['state', 'updated_at', 'uses', 'rows_used', 'bytes_used', 'overdue'];
BEGIN
  IF OLD.lasts_seconds IS NOT NULL AND OLD.state = 'requested' AND NEW.state = 'approved'
    AND NEW.not_after = NEW.not_before + OLD.lasts_seconds * interval '1 second' THEN
    moves := moves || ARRAY['not_before', 'not_after'];
  END IF;
  IF to_jsonb(OLD) - moves IS DISTINCT FROM to_jsonb(NEW) - moves THEN
    RAISE EXCEPTION 'a ticket''s act never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_act_fixed';
  END IF;
  IF NEW.uses < OLD.uses OR NEW.rows_used < OLD.rows_used OR NEW.bytes_used < OLD.bytes_used OR NEW.overdue < OLD.overdue THEN
    RAISE EXCEPTION 'what a ticket gave is not taken back' USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_only_up';
  END IF;
  RETURN NEW;
END $$;

-- The systems a ticket touches: an owner of each has to say yes. `from` and `to` are the two sides of a transfer.
CREATE TABLE ticket_systems (
  ticket_id uuid NOT NULL REFERENCES tickets,
  system_id uuid NOT NULL REFERENCES systems,
  side text NOT NULL DEFAULT 'touched' CHECK (side IN ('touched', 'from', 'to')),
  PRIMARY KEY (ticket_id, system_id)
);
CREATE INDEX ticket_systems_system ON ticket_systems (system_id, ticket_id);

-- The targets that an access or emergency ticket opens.
CREATE TABLE ticket_targets (
  ticket_id uuid NOT NULL REFERENCES tickets,
  target_id uuid NOT NULL REFERENCES targets,
  PRIMARY KEY (ticket_id, target_id)
);
CREATE INDEX ticket_targets_target ON ticket_targets (target_id, ticket_id);

CREATE FUNCTION add_export_system() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ticket_systems (ticket_id, system_id) SELECT NEW.id, system_id FROM targets WHERE id = NEW.target_id;
  RETURN NULL;
END $$;
CREATE TRIGGER tickets_add_system AFTER INSERT ON tickets FOR EACH ROW WHEN (NEW.kind = 'export')
  EXECUTE FUNCTION add_export_system();
INSERT INTO ticket_systems (ticket_id, system_id)
  SELECT t.id, g.system_id FROM tickets t JOIN targets g ON g.id = t.target_id;

-- What is written and not asked yet: incomplete, its author's alone, and no ticket. Asking makes it one of the same id.
CREATE TABLE ticket_drafts (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES persons,
  kind text NOT NULL CHECK (kind IN ('access', 'export', 'transfer', 'emergency')),
  content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object' AND length(content::text) <= 100000),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX ticket_drafts_person ON ticket_drafts (person_id, updated_at DESC);

-- Questions, answers and work reports.
CREATE TABLE ticket_messages (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES tickets,
  author_id uuid NOT NULL REFERENCES persons,
  kind text NOT NULL CHECK (kind IN ('question', 'answer', 'report')),
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 10000),
  written_at timestamptz NOT NULL
);
CREATE INDEX ticket_messages_ticket ON ticket_messages (ticket_id, written_at);

-- Each decision with the capacity it counted in, the facts it was decided on and the version of the rules.
ALTER TABLE approvals
  ADD COLUMN capacity text NOT NULL DEFAULT 'owner' CHECK (capacity IN ('owner', 'second_line')),
  ADD COLUMN systems uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN facts jsonb,
  ADD COLUMN rules text;

CREATE OR REPLACE FUNCTION check_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked tickets%ROWTYPE;
BEGIN
  SELECT * INTO asked FROM tickets WHERE id = NEW.ticket_id;
  IF asked.requester_id = NEW.approver_id THEN
    RAISE EXCEPTION 'the requester cannot decide' USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_not_own';
  END IF;
  IF asked.act_digest <> NEW.act_digest THEN
    RAISE EXCEPTION 'the approval is for another act' USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_same_act';
  END IF;
  IF EXISTS (SELECT FROM persons WHERE id = NEW.approver_id AND manager_id = asked.requester_id) THEN
    RAISE EXCEPTION 'who reports to the requester cannot decide' USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_not_reporting';
  END IF;
  RETURN NEW;
END $$;

-- The review of an emergency after the fact: once, and never by the person who had it.
CREATE TABLE ticket_reviews (
  ticket_id uuid PRIMARY KEY REFERENCES tickets,
  reviewer_id uuid NOT NULL REFERENCES persons,
  finding text NOT NULL CHECK (finding IN ('in_order', 'deviation')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  facts jsonb NOT NULL,
  rules text NOT NULL,
  reviewed_at timestamptz NOT NULL
);
CREATE FUNCTION check_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tickets WHERE id = NEW.ticket_id AND (requester_id = NEW.reviewer_id OR kind <> 'emergency')) THEN
    RAISE EXCEPTION 'nobody reviews their own work' USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_reviews_not_own';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ticket_reviews_check BEFORE INSERT ON ticket_reviews FOR EACH ROW EXECUTE FUNCTION check_review();

-- Who may act for an owner who is away; chosen by the owner, before the ticket was asked for.
CREATE TABLE substitutes (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL REFERENCES persons,
  substitute_id uuid NOT NULL REFERENCES persons,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT substitutes_is_another CHECK (owner_id <> substitute_id),
  CONSTRAINT substitutes_time CHECK (ends_at > starts_at)
);
CREATE INDEX substitutes_of ON substitutes (substitute_id) WHERE revoked_at IS NULL;
CREATE INDEX substitutes_for ON substitutes (owner_id) WHERE revoked_at IS NULL;

-- Each use of a ticket, counted from 1; a result and a parcel belong to one use.
ALTER TABLE parcels
  DROP CONSTRAINT parcels_ticket_id_fkey,
  DROP CONSTRAINT parcels_ticket_id_key,
  ADD COLUMN use integer NOT NULL DEFAULT 1;
ALTER TABLE redemption_results
  DROP CONSTRAINT redemption_results_ticket_id_fkey,
  DROP CONSTRAINT redemption_results_pkey,
  ADD COLUMN use integer NOT NULL DEFAULT 1;
ALTER TABLE redemptions
  DROP CONSTRAINT redemptions_pkey,
  ADD COLUMN use integer NOT NULL DEFAULT 1 CHECK (use >= 1),
  ADD COLUMN act_text text,
  ADD PRIMARY KEY (ticket_id, use);
ALTER TABLE redemption_results
  ADD PRIMARY KEY (ticket_id, use),
  ADD CONSTRAINT redemption_results_of FOREIGN KEY (ticket_id, use) REFERENCES redemptions (ticket_id, use);
ALTER TABLE parcels
  ADD CONSTRAINT parcels_one_each UNIQUE (ticket_id, use),
  ADD CONSTRAINT parcels_of FOREIGN KEY (ticket_id, use) REFERENCES redemptions (ticket_id, use);
CREATE INDEX redemptions_session ON redemptions (session_id);

-- Second net: no use beyond the number that was approved, none while another goes on.
CREATE FUNCTION check_redemption() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.use > (SELECT uses_max FROM tickets WHERE id = NEW.ticket_id)
    OR (NEW.use > 1 AND NOT EXISTS (SELECT FROM redemption_results WHERE ticket_id = NEW.ticket_id AND use = NEW.use - 1)) THEN
    RAISE EXCEPTION 'the ticket is used up' USING ERRCODE = 'check_violation', CONSTRAINT = 'redemptions_uses';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER redemptions_check BEFORE INSERT ON redemptions FOR EACH ROW EXECUTE FUNCTION check_redemption();

CREATE OR REPLACE FUNCTION check_parcel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tickets t WHERE t.id = NEW.ticket_id AND t.destination <> 'workstation') THEN
    RAISE EXCEPTION 'this ticket does not go to the vault' USING ERRCODE = 'check_violation', CONSTRAINT = 'parcels_destination';
  END IF;
  RETURN NEW;
END $$;

-- A session that was let in by a ticket keeps it.
ALTER TABLE sessions ADD COLUMN ticket_id uuid REFERENCES tickets;
CREATE INDEX sessions_ticket ON sessions (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE FUNCTION check_session_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tickets t JOIN ticket_targets o ON o.ticket_id = t.id
    WHERE t.id = NEW.ticket_id AND t.requester_id = NEW.person_id AND o.target_id = NEW.target_id
      AND (t.state = 'in_use' OR (t.kind = 'access' AND t.state = 'approved'))) THEN
    RAISE EXCEPTION 'this ticket lets nobody in here' USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_ticket';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sessions_check_ticket BEFORE INSERT ON sessions FOR EACH ROW WHEN (NEW.ticket_id IS NOT NULL)
  EXECUTE FUNCTION check_session_ticket();

-- The end of a ticket that lets somebody in reaches every gateway at once.
CREATE FUNCTION announce_ticket_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sekisho_access_changed', NEW.requester_id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER tickets_announce AFTER UPDATE OF state ON tickets FOR EACH ROW
  WHEN (NEW.kind IN ('access', 'emergency') AND NEW.state NOT IN ('requested', 'asked_back', 'approved', 'in_use'))
  EXECUTE FUNCTION announce_ticket_end();

DO $$
DECLARE evidence text;
BEGIN
  FOREACH evidence IN ARRAY ARRAY['ticket_systems', 'ticket_targets', 'ticket_messages', 'ticket_reviews'] LOOP
    EXECUTE format('CREATE TRIGGER %I_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      evidence, evidence);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO sekisho_gateway', evidence);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_drafts TO sekisho_gateway;
GRANT SELECT, INSERT ON substitutes TO sekisho_gateway;
GRANT UPDATE (revoked_at) ON substitutes TO sekisho_gateway;
