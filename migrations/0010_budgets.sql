-- Up Migration

-- What an owner sets of a system's budgets; null: as shipped.
ALTER TABLE systems ADD COLUMN risk jsonb;

-- What left by one person's work on one system. Persons are kept as keyed hashes or as an estimate, never as what names
-- them; the key lies in the data directory and not here.
CREATE TABLE meter_days (
  person_id uuid NOT NULL REFERENCES persons,
  system_id uuid NOT NULL REFERENCES systems,
  day date NOT NULL,
  persons bytea NOT NULL CHECK (length(persons) BETWEEN 1 AND 100000),
  estimated_persons bigint NOT NULL CHECK (estimated_persons >= 0),
  rows bigint NOT NULL CHECK (rows >= 0),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  opaque_bytes bigint NOT NULL CHECK (opaque_bytes >= 0),
  files bigint NOT NULL CHECK (files >= 0),
  PRIMARY KEY (person_id, system_id, day)
);
CREATE TABLE meter_lifetimes (
  person_id uuid NOT NULL REFERENCES persons,
  system_id uuid NOT NULL REFERENCES systems,
  persons bytea NOT NULL CHECK (length(persons) BETWEEN 1 AND 100000),
  estimated_persons bigint NOT NULL CHECK (estimated_persons >= 0),
  rows bigint NOT NULL CHECK (rows >= 0),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  opaque_bytes bigint NOT NULL CHECK (opaque_bytes >= 0),
  files bigint NOT NULL CHECK (files >= 0),
  PRIMARY KEY (person_id, system_id)
);

-- A meter only goes up, whoever writes it, and is nobody else's afterwards.
CREATE FUNCTION refuse_lower_meter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.estimated_persons < OLD.estimated_persons OR NEW.rows < OLD.rows OR NEW.bytes < OLD.bytes
    OR NEW.opaque_bytes < OLD.opaque_bytes OR NEW.files < OLD.files
    -- Of hashes there are never fewer; an estimate (its first byte is 2) never becomes hashes again.
    OR (get_byte(NEW.persons, 0) = 1 AND length(NEW.persons) < length(OLD.persons))
    OR (get_byte(NEW.persons, 0) = 1 AND get_byte(OLD.persons, 0) <> 1)
  THEN
    RAISE EXCEPTION 'a meter never goes back' USING ERRCODE = 'check_violation', CONSTRAINT = 'meter_only_up';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER meter_days_only_up BEFORE UPDATE ON meter_days FOR EACH ROW EXECUTE FUNCTION refuse_lower_meter();
CREATE TRIGGER meter_lifetimes_only_up BEFORE UPDATE ON meter_lifetimes FOR EACH ROW EXECUTE FUNCTION refuse_lower_meter();
GRANT SELECT, INSERT ON meter_days, meter_lifetimes TO sekisho_gateway;
GRANT UPDATE (persons, estimated_persons, rows, bytes, opaque_bytes, files) ON meter_days, meter_lifetimes TO sekisho_gateway;

-- The same approval in the browser confirms that a person goes on near a limit: of one connection, of this person alone.
-- It names no key, so that it is never remembered as the second factor of a sign-in.
ALTER TABLE ssh_sign_ins
  ADD COLUMN purpose text NOT NULL DEFAULT 'sign_in' CHECK (purpose IN ('sign_in', 'budget')),
  ADD COLUMN connection_id uuid,
  ADD COLUMN target_id uuid REFERENCES targets,
  DROP CONSTRAINT ssh_sign_ins_factor,
  ADD CONSTRAINT ssh_sign_ins_factor CHECK (CASE purpose
    WHEN 'sign_in' THEN (for_person_id IS NULL) = (key_fingerprint IS NULL) AND num_nonnulls(connection_id, target_id) = 0
    ELSE num_nulls(for_person_id, connection_id, target_id) = 0 AND key_fingerprint IS NULL END);
