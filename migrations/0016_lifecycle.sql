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
