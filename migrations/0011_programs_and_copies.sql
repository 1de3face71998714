-- Up Migration

-- A program the gate does not know, met in an act on a system: known there once an owner who never asked for it says so.
CREATE TABLE programs (
  id uuid PRIMARY KEY,
  system_id uuid NOT NULL REFERENCES systems,
  -- As it stood in the command: a bare name, or a path, which stands for itself alone.
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  state text NOT NULL CHECK (state IN ('candidate', 'accepted', 'declined')),
  decided_by uuid REFERENCES persons,
  decided_at timestamptz,
  reason text CHECK (length(reason) BETWEEN 1 AND 2000),
  created_at timestamptz NOT NULL,
  CHECK ((state = 'candidate') = (decided_by IS NULL)),
  CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
  CHECK ((decided_by IS NULL) = (reason IS NULL)),
  UNIQUE (system_id, name)
);

-- Who met it, and in which refused act last.
CREATE TABLE program_askers (
  program_id uuid NOT NULL REFERENCES programs,
  person_id uuid NOT NULL REFERENCES persons,
  refused_act_id uuid NOT NULL REFERENCES refused_acts,
  times bigint NOT NULL CHECK (times > 0),
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (program_id, person_id)
);

-- The second net under the rule in approvals/programs: nobody opens for everybody what they asked for themselves.
CREATE FUNCTION refuse_own_program() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'accepted'
     AND EXISTS (SELECT FROM program_askers a WHERE a.program_id = NEW.id AND a.person_id = NEW.decided_by) THEN
    RAISE EXCEPTION 'a program is accepted by somebody who did not ask for it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'programs_second_person';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER programs_second_person BEFORE INSERT OR UPDATE ON programs FOR EACH ROW EXECUTE FUNCTION refuse_own_program();

-- Where protected things stand under other names: what was let out of its place once stays protected there.
CREATE TABLE protected_copies (
  id uuid PRIMARY KEY,
  target_id uuid NOT NULL REFERENCES targets,
  kind text NOT NULL CHECK (kind IN ('table', 'path')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 1024),
  copy_of text NOT NULL CHECK (length(copy_of) BETWEEN 1 AND 1024),
  session_id uuid NOT NULL REFERENCES sessions,
  made_at timestamptz NOT NULL,
  protected_until timestamptz NOT NULL CHECK (protected_until > made_at),
  UNIQUE (target_id, kind, name)
);

GRANT SELECT, INSERT ON programs, program_askers, protected_copies TO sekisho_gateway;
GRANT UPDATE (state, decided_by, decided_at, reason) ON programs TO sekisho_gateway;
GRANT UPDATE (refused_act_id, times, asked_at) ON program_askers TO sekisho_gateway;
GRANT UPDATE (copy_of, session_id, made_at, protected_until) ON protected_copies TO sekisho_gateway;

-- Protection never ends sooner than it was said to: the gateway's role may renew it, and nothing else.
CREATE FUNCTION refuse_unprotection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a copy stays protected as long as it was said to';
END $$;
CREATE TRIGGER protected_copies_stay BEFORE UPDATE ON protected_copies FOR EACH ROW
  WHEN (NEW.protected_until < OLD.protected_until) EXECUTE FUNCTION refuse_unprotection();

-- Live sessions read what is protected and accepted anew, on every gateway.
CREATE FUNCTION announce_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sekisho_access_changed', s.person_id::text)
    FROM (SELECT DISTINCT person_id FROM sessions WHERE target_id = NEW.target_id AND closed_at IS NULL) s;
  RETURN NULL;
END $$;
CREATE TRIGGER protected_copies_announce AFTER INSERT OR UPDATE ON protected_copies FOR EACH ROW EXECUTE FUNCTION announce_copy();

CREATE FUNCTION announce_program() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sekisho_access_changed', s.person_id::text)
    FROM (SELECT DISTINCT w.person_id FROM sessions w JOIN targets t ON t.id = w.target_id
          WHERE t.system_id = NEW.system_id AND w.closed_at IS NULL) s;
  RETURN NULL;
END $$;
CREATE TRIGGER programs_announce AFTER UPDATE OF state ON programs FOR EACH ROW EXECUTE FUNCTION announce_program();
