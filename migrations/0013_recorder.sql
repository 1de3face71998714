-- Up Migration

-- How many chunks each stream of a recording has; `file` is the session's id now.
ALTER TABLE recordings
  ADD COLUMN screen_chunks bigint NOT NULL DEFAULT 0 CHECK (screen_chunks >= 0),
  ADD COLUMN keystroke_chunks bigint NOT NULL DEFAULT 0 CHECK (keystroke_chunks >= 0);
ALTER TABLE recordings ALTER COLUMN screen_chunks DROP DEFAULT, ALTER COLUMN keystroke_chunks DROP DEFAULT;

-- While one stands that was not released, nothing of the session is erased.
CREATE TABLE legal_holds (
  id uuid PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  placed_by uuid NOT NULL REFERENCES persons,
  placed_at timestamptz NOT NULL
);
CREATE INDEX legal_holds_session ON legal_holds (session_id);

CREATE TABLE legal_hold_releases (
  hold_id uuid PRIMARY KEY REFERENCES legal_holds,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  released_by uuid NOT NULL REFERENCES persons,
  released_at timestamptz NOT NULL
);

-- Somebody asks that the keys of recordings be destroyed: the ciphertext stays, and nobody reads it any more.
CREATE TABLE erasures (
  id uuid PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions,
  stream text NOT NULL CHECK (stream IN ('screen', 'keystrokes')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  -- The law or contract that asks for it, in words that outsiders may read.
  basis text NOT NULL CHECK (length(basis) BETWEEN 1 AND 2000),
  requested_by uuid NOT NULL REFERENCES persons,
  requested_at timestamptz NOT NULL
);
CREATE INDEX erasures_session ON erasures (session_id);

CREATE TABLE erasure_decisions (
  erasure_id uuid PRIMARY KEY REFERENCES erasures,
  verdict text NOT NULL CHECK (verdict IN ('approved', 'rejected')),
  decided_by uuid NOT NULL REFERENCES persons,
  decided_at timestamptz NOT NULL
);

-- Second net: two different people want it, neither of them did the work, and no hold stands.
CREATE FUNCTION check_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked erasures;
BEGIN
  IF TG_TABLE_NAME = 'erasures' THEN
    PERFORM FROM sessions s WHERE s.id = NEW.session_id FOR UPDATE;
    IF EXISTS (SELECT FROM sessions s WHERE s.id = NEW.session_id AND s.person_id = NEW.requested_by) THEN
      RAISE EXCEPTION 'nobody erases their own work' USING ERRCODE = 'check_violation', CONSTRAINT = 'erasures_own_work';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO asked FROM erasures e WHERE e.id = NEW.erasure_id;
  -- One after the other with a hold that is being placed.
  PERFORM FROM sessions s WHERE s.id = asked.session_id FOR UPDATE;
  IF NEW.verdict = 'rejected' THEN
    RETURN NEW;
  END IF;
  IF asked.requested_by = NEW.decided_by THEN
    RAISE EXCEPTION 'two people erase, not one' USING ERRCODE = 'check_violation', CONSTRAINT = 'erasures_two_people';
  END IF;
  IF EXISTS (SELECT FROM sessions s WHERE s.id = asked.session_id AND s.person_id = NEW.decided_by) THEN
    RAISE EXCEPTION 'nobody erases their own work' USING ERRCODE = 'check_violation', CONSTRAINT = 'erasures_own_work';
  END IF;
  IF EXISTS (SELECT FROM legal_holds h WHERE h.session_id = asked.session_id
      AND NOT EXISTS (SELECT FROM legal_hold_releases r WHERE r.hold_id = h.id)) THEN
    RAISE EXCEPTION 'a legal hold stands' USING ERRCODE = 'check_violation', CONSTRAINT = 'erasures_on_hold';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER erasures_check BEFORE INSERT ON erasures FOR EACH ROW EXECUTE FUNCTION check_erasure();
CREATE TRIGGER erasure_decisions_check BEFORE INSERT ON erasure_decisions FOR EACH ROW EXECUTE FUNCTION check_erasure();

-- A session's key wrapped anew, to the recipients of now; the age file waits beside the one it replaces.
CREATE TABLE rewraps (
  id uuid PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions,
  stream text NOT NULL CHECK (stream IN ('screen', 'keystrokes')),
  from_sha256 bytea NOT NULL CHECK (length(from_sha256) = 32),
  to_sha256 bytea NOT NULL CHECK (length(to_sha256) = 32),
  ordered_by uuid NOT NULL REFERENCES persons,
  ordered_at timestamptz NOT NULL
);

-- What the gateway did with an erasure that was approved, or with a rewrap. `done`: the leaf is in the log and the file
-- is gone or replaced; `void`: there was nothing to do it to any more.
CREATE TABLE key_acts (
  order_id uuid PRIMARY KEY,
  outcome text NOT NULL CHECK (outcome IN ('done', 'void')),
  leaf bigint CHECK (leaf >= 0),
  done_at timestamptz NOT NULL,
  CHECK ((outcome = 'done') = (leaf IS NOT NULL))
);

CREATE FUNCTION announce_key_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sekisho_key_orders', '');
  RETURN NEW;
END $$;
CREATE TRIGGER erasure_decisions_announce AFTER INSERT ON erasure_decisions FOR EACH ROW EXECUTE FUNCTION announce_key_order();
CREATE TRIGGER rewraps_announce AFTER INSERT ON rewraps FOR EACH ROW EXECUTE FUNCTION announce_key_order();

DO $$
DECLARE evidence text;
BEGIN
  FOREACH evidence IN ARRAY ARRAY['legal_holds', 'legal_hold_releases', 'erasures', 'erasure_decisions', 'rewraps', 'key_acts'] LOOP
    EXECUTE format('CREATE TRIGGER %I_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      evidence, evidence);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO sekisho_gateway', evidence);
  END LOOP;
END $$;
