-- Up Migration

-- Locks of every kind: of each thing one stands at most. `subject` says which thing: an id, a key's fingerprint, the
-- address or network a device comes from, or the name of a company as `company_key` writes it.
CREATE FUNCTION company_key(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT lower(normalize(btrim(name), NFKC))
$$;
DROP TRIGGER locks_announce ON locks;
DROP INDEX locks_one_active;
ALTER TABLE locks
  DROP CONSTRAINT locks_check,
  ADD COLUMN kind text NOT NULL DEFAULT 'person'
    CHECK (kind IN ('person', 'company', 'key', 'device', 'target', 'system', 'ticket')),
  ADD COLUMN subject text,
  ADD COLUMN until timestamptz,
  ALTER COLUMN person_id DROP NOT NULL,
  -- Null: at the gateway's own command line.
  ALTER COLUMN locked_by DROP NOT NULL;
UPDATE locks SET subject = person_id::text;
ALTER TABLE locks
  ALTER COLUMN subject SET NOT NULL,
  ADD CONSTRAINT locks_subject CHECK (length(subject) BETWEEN 1 AND 200),
  ADD CONSTRAINT locks_person CHECK ((kind = 'person') = (person_id IS NOT NULL)
    AND (kind <> 'person' OR subject = person_id::text)),
  ADD CONSTRAINT locks_until CHECK (until > locked_at),
  ADD CONSTRAINT locks_lifted CHECK (lifted_by IS NULL OR lifted_at IS NOT NULL);
CREATE UNIQUE INDEX locks_one_active ON locks (kind, subject) WHERE lifted_at IS NULL;

-- Second net: nobody lifts a lock on themselves, and what was lifted or who locked never changes.
REVOKE UPDATE ON locks FROM sekisho_gateway;
GRANT UPDATE (lifted_by, lifted_at) ON locks TO sekisho_gateway;
CREATE FUNCTION check_lift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.lifted_at IS NOT NULL THEN
    RAISE EXCEPTION 'a lifted lock stays lifted' USING ERRCODE = 'check_violation', CONSTRAINT = 'locks_stay_lifted';
  END IF;
  IF NEW.lifted_by = NEW.person_id THEN
    RAISE EXCEPTION 'nobody lifts a lock on themselves' USING ERRCODE = 'check_violation', CONSTRAINT = 'locks_not_own';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER locks_check_lift BEFORE UPDATE ON locks FOR EACH ROW EXECUTE FUNCTION check_lift();

-- Who is locked, by themselves or with their company. What asks whether a person may do anything asks here.
CREATE VIEW person_locks AS
  SELECT l.person_id, l.id, l.kind FROM locks l WHERE l.kind = 'person' AND l.lifted_at IS NULL
  UNION ALL
  SELECT p.id, l.id, l.kind FROM persons p JOIN locks l
    ON l.kind = 'company' AND l.lifted_at IS NULL AND l.subject = company_key(p.employer);
GRANT SELECT ON person_locks TO sekisho_gateway;

-- What is locked of a target: itself, or its system.
CREATE VIEW target_locks AS
  SELECT t.id AS target_id, l.kind FROM targets t JOIN locks l ON l.lifted_at IS NULL
    AND ((l.kind = 'target' AND l.subject = t.id::text) OR (l.kind = 'system' AND l.subject = t.system_id::text));
GRANT SELECT ON target_locks TO sekisho_gateway;

-- `*`: it may concern the sessions of anybody.
CREATE FUNCTION announce_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sekisho_access_changed', CASE NEW.kind WHEN 'person' THEN NEW.subject ELSE '*' END);
  RETURN NULL;
END $$;
CREATE TRIGGER locks_announce AFTER INSERT OR UPDATE ON locks FOR EACH ROW EXECUTE FUNCTION announce_lock();
-- Who changes companies may come under a lock of the new one.
DROP TRIGGER persons_announce ON persons;
CREATE TRIGGER persons_announce AFTER UPDATE OF roles, contract_ends_at, deactivated_at, employer ON persons
  FOR EACH ROW EXECUTE FUNCTION announce_access_change();
CREATE INDEX sessions_connection ON sessions (connection_id);

-- What stands in the way of a ticket: a lock on it, on a target or system it is about, or on who asked for it.
CREATE VIEW ticket_locks AS
  SELECT t.id AS ticket_id, l.kind FROM tickets t JOIN locks l ON l.lifted_at IS NULL AND (
    (l.kind = 'ticket' AND l.subject = t.id::text)
    OR (l.kind = 'target' AND (l.subject = t.target_id::text
      OR EXISTS (SELECT FROM ticket_targets o WHERE o.ticket_id = t.id AND o.target_id::text = l.subject)))
    OR (l.kind = 'system' AND EXISTS (SELECT FROM ticket_systems s WHERE s.ticket_id = t.id AND s.system_id::text = l.subject)))
  UNION ALL
  SELECT t.id, p.kind FROM tickets t JOIN person_locks p ON p.person_id = t.requester_id;
GRANT SELECT ON ticket_locks TO sekisho_gateway;

-- Access reviews (棚卸): what people have is looked at by who answers for it, item by item, and frozen.
CREATE TABLE access_reviews (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  scope text NOT NULL CHECK (scope IN ('system', 'company')),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
  due_at timestamptz NOT NULL,
  started_by uuid NOT NULL REFERENCES persons,
  started_at timestamptz NOT NULL,
  -- How far what is overdue has climbed: 1 owners reminded, 2 the second line told, 3 what nobody decided is held.
  climbed smallint NOT NULL DEFAULT 0 CHECK (climbed BETWEEN 0 AND 3),
  signed_by uuid REFERENCES persons,
  signed_at timestamptz,
  evidence text,
  evidence_sha256 bytea CHECK (length(evidence_sha256) = 32),
  CHECK (num_nulls(signed_by, signed_at, evidence, evidence_sha256) IN (0, 4)),
  CHECK (due_at > started_at),
  CONSTRAINT access_reviews_not_own CHECK (signed_by <> started_by)
);
CREATE INDEX access_reviews_open ON access_reviews (due_at) WHERE signed_at IS NULL;

-- One thing that one person has, as it was when the review began: a grant, or a role (then without a target).
CREATE TABLE access_review_items (
  id uuid PRIMARY KEY,
  review_id uuid NOT NULL REFERENCES access_reviews,
  person_id uuid NOT NULL REFERENCES persons,
  system_id uuid REFERENCES systems,
  grant_id uuid REFERENCES grants,
  role text,
  snapshot jsonb NOT NULL CHECK (jsonb_typeof(snapshot) = 'object'),
  flags text[] NOT NULL,
  CHECK ((grant_id IS NULL) = (role IS NOT NULL) AND (grant_id IS NULL) = (system_id IS NULL))
);
CREATE INDEX access_review_items_review ON access_review_items (review_id);
CREATE INDEX access_review_items_grant ON access_review_items (grant_id) WHERE grant_id IS NOT NULL;

-- Decisions in order; `ask` leaves the item open, `hold` is the gateway's own when nobody decided in time.
CREATE TABLE access_review_decisions (
  id uuid PRIMARY KEY,
  item_id uuid NOT NULL REFERENCES access_review_items,
  decision text NOT NULL CHECK (decision IN ('keep', 'reduce', 'remove', 'ask', 'hold')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  actions text[],
  decided_by uuid REFERENCES persons,
  decided_at timestamptz NOT NULL,
  CHECK ((decision = 'hold') = (decided_by IS NULL)),
  CHECK ((decision = 'reduce') = (actions IS NOT NULL))
);
CREATE UNIQUE INDEX access_review_decisions_one ON access_review_decisions (item_id)
  WHERE decision IN ('keep', 'reduce', 'remove');
CREATE INDEX access_review_decisions_item ON access_review_decisions (item_id, decided_at);

-- Second net: nobody decides on what they have themselves, nobody signs a review of themselves, and nothing is decided
-- after the sign-off.
CREATE FUNCTION check_review_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM access_review_items i WHERE i.id = NEW.item_id AND i.person_id = NEW.decided_by) THEN
    RAISE EXCEPTION 'nobody reviews what they have' USING ERRCODE = 'check_violation', CONSTRAINT = 'review_decisions_not_own';
  END IF;
  IF EXISTS (SELECT FROM access_review_items i JOIN access_reviews r ON r.id = i.review_id
    WHERE i.id = NEW.item_id AND r.signed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the review is signed off' USING ERRCODE = 'check_violation', CONSTRAINT = 'review_decisions_open';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER access_review_decisions_check BEFORE INSERT ON access_review_decisions
  FOR EACH ROW EXECUTE FUNCTION check_review_decision();
CREATE FUNCTION check_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.signed_at IS NOT NULL THEN
    RAISE EXCEPTION 'a signed review never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'access_reviews_frozen';
  END IF;
  IF EXISTS (SELECT FROM access_review_items i WHERE i.review_id = NEW.id AND i.person_id = NEW.signed_by) THEN
    RAISE EXCEPTION 'nobody signs a review of themselves' USING ERRCODE = 'check_violation', CONSTRAINT = 'access_reviews_not_reviewed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER access_reviews_check BEFORE UPDATE ON access_reviews FOR EACH ROW EXECUTE FUNCTION check_sign_off();
DO $$
DECLARE evidence text;
BEGIN
  FOREACH evidence IN ARRAY ARRAY['access_review_items', 'access_review_decisions'] LOOP
    EXECUTE format('CREATE TRIGGER %I_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      evidence, evidence);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO sekisho_gateway', evidence);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON access_reviews TO sekisho_gateway;
GRANT UPDATE (climbed, signed_by, signed_at, evidence, evidence_sha256) ON access_reviews TO sekisho_gateway;

-- A role that a review removed stays away, whatever the identity provider says, until a later review keeps it.
ALTER TABLE persons ADD COLUMN withheld_roles text[] NOT NULL DEFAULT '{}';
CREATE FUNCTION withhold_roles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.roles := ARRAY(SELECT r FROM unnest(NEW.roles) WITH ORDINALITY AS u (r, place)
    WHERE r <> ALL (NEW.withheld_roles) ORDER BY place);
  RETURN NEW;
END $$;
CREATE TRIGGER persons_withhold_roles BEFORE INSERT OR UPDATE ON persons FOR EACH ROW EXECUTE FUNCTION withhold_roles();
CREATE TRIGGER persons_announce_withheld AFTER UPDATE OF withheld_roles ON persons
  FOR EACH ROW EXECUTE FUNCTION announce_access_change();
