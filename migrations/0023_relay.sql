-- Up Migration

-- How well a system protects what it is given, 1 to 4. A parcel never moves to a lower one.
ALTER TABLE systems ADD COLUMN protection_class smallint NOT NULL DEFAULT 1 CHECK (protection_class BETWEEN 1 AND 4);

-- By which keys, and from which addresses, a system itself comes to the relay. No person signs in by them.
CREATE TABLE relay_identities (
  id uuid PRIMARY KEY,
  system_id uuid NOT NULL REFERENCES systems,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 63),
  -- `ssh-ed25519 AAAA…`
  public_key text NOT NULL,
  fingerprint text NOT NULL UNIQUE,
  sources text[] NOT NULL CHECK (cardinality(sources) BETWEEN 1 AND 32),
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  UNIQUE (system_id, name)
);
GRANT SELECT, INSERT ON relay_identities TO sekisho_gateway;
GRANT UPDATE (public_key, fingerprint, sources, revoked_at) ON relay_identities TO sekisho_gateway;

-- A parcel comes from one use of an export ticket, or from a system itself for a transfer.
ALTER TABLE parcels
  ALTER COLUMN use DROP NOT NULL,
  ADD COLUMN identity_id uuid REFERENCES relay_identities,
  ADD CONSTRAINT parcels_origin CHECK ((use IS NULL) = (identity_id IS NOT NULL));

CREATE OR REPLACE FUNCTION check_parcel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tickets t WHERE t.id = NEW.ticket_id
    AND CASE WHEN NEW.use IS NULL THEN t.kind = 'transfer' AND t.state = 'in_use' ELSE t.destination <> 'workstation' END) THEN
    RAISE EXCEPTION 'this ticket does not go to the vault' USING ERRCODE = 'check_violation', CONSTRAINT = 'parcels_destination';
  END IF;
  RETURN NEW;
END $$;

CREATE TABLE parcel_files (
  parcel_id uuid NOT NULL REFERENCES parcels,
  number integer NOT NULL CHECK (number >= 1),
  -- Where it stood on the target, or as its sender named it. Shown, never opened by anybody.
  path text NOT NULL CHECK (length(path) BETWEEN 1 AND 4096),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  PRIMARY KEY (parcel_id, number)
);

-- Where a parcel is on its way. Made and moved with the rows it follows from.
CREATE TABLE parcel_journeys (
  parcel_id uuid PRIMARY KEY REFERENCES parcels,
  state text NOT NULL CHECK (state IN ('filling', 'sealed', 'scanning', 'held', 'released', 'picked_up', 'expired',
    'revoked', 'destroyed', 'discarded')),
  -- How often it was held: decisions count for one hold.
  holds integer NOT NULL DEFAULT 0 CHECK (holds >= 0),
  -- Why it is held.
  differences jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(differences) = 'array'),
  -- As the inspection found it; null before.
  row_count bigint CHECK (row_count >= 0),
  people_count bigint CHECK (people_count >= 0),
  fields text[],
  types text[],
  scanner text,
  keep_until timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX parcel_journeys_due ON parcel_journeys (keep_until) WHERE state NOT IN ('destroyed', 'discarded');
CREATE INDEX parcel_journeys_state ON parcel_journeys (state);

-- Second net: a parcel moves along its arrows alone.
CREATE FUNCTION check_parcel_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.parcel_id <> OLD.parcel_id OR NEW.holds < OLD.holds OR (NEW.state <> OLD.state AND NOT CASE OLD.state
    WHEN 'filling' THEN NEW.state IN ('sealed', 'discarded')
    WHEN 'sealed' THEN NEW.state IN ('scanning', 'expired', 'revoked')
    WHEN 'scanning' THEN NEW.state IN ('released', 'held', 'expired', 'revoked')
    WHEN 'held' THEN NEW.state IN ('released', 'expired', 'revoked')
    WHEN 'released' THEN NEW.state IN ('held', 'picked_up', 'expired', 'revoked')
    WHEN 'picked_up' THEN NEW.state = 'destroyed'
    WHEN 'expired' THEN NEW.state = 'destroyed'
    WHEN 'revoked' THEN NEW.state = 'destroyed'
    ELSE false END) THEN
    RAISE EXCEPTION 'a parcel does not move so' USING ERRCODE = 'check_violation', CONSTRAINT = 'parcel_journeys_move';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER parcel_journeys_move BEFORE UPDATE ON parcel_journeys FOR EACH ROW EXECUTE FUNCTION check_parcel_move();

CREATE FUNCTION begin_parcel_journey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO parcel_journeys (parcel_id, state, keep_until, updated_at)
    VALUES (NEW.id, 'filling', NEW.begun_at + interval '7 days', NEW.begun_at);
  RETURN NULL;
END $$;
CREATE TRIGGER parcels_journey AFTER INSERT ON parcels FOR EACH ROW EXECUTE FUNCTION begin_parcel_journey();

CREATE FUNCTION end_parcel_filling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE parcel_journeys j SET state = NEW.outcome, updated_at = NEW.ended_at,
    -- Its ticket may ask for less.
    keep_until = LEAST(NEW.ended_at + interval '7 days', (SELECT (t.details ->> 'deleteBy')::timestamptz
      FROM tickets t JOIN parcels p ON p.ticket_id = t.id WHERE p.id = NEW.parcel_id))
    WHERE j.parcel_id = NEW.parcel_id;
  PERFORM pg_notify('sekisho_parcels', NEW.parcel_id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER parcel_ends_journey AFTER INSERT ON parcel_ends FOR EACH ROW EXECUTE FUNCTION end_parcel_filling();

INSERT INTO parcel_journeys (parcel_id, state, keep_until, updated_at)
  SELECT p.id, coalesce(e.outcome, 'filling'), now() + interval '7 days', coalesce(e.ended_at, p.begun_at)
  FROM parcels p LEFT JOIN parcel_ends e ON e.parcel_id = p.id;

-- What owners said of a held parcel; each of them once a hold.
CREATE TABLE parcel_decisions (
  parcel_id uuid NOT NULL REFERENCES parcels,
  hold integer NOT NULL,
  person_id uuid NOT NULL REFERENCES persons,
  decision text NOT NULL CHECK (decision IN ('release', 'revoke')),
  systems uuid[] NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (parcel_id, hold, person_id)
);
CREATE FUNCTION check_parcel_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM parcels p JOIN tickets t ON t.id = p.ticket_id
      WHERE p.id = NEW.parcel_id AND t.requester_id = NEW.person_id) THEN
    RAISE EXCEPTION 'the requester cannot decide' USING ERRCODE = 'check_violation', CONSTRAINT = 'parcel_decisions_not_own';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER parcel_decisions_check BEFORE INSERT ON parcel_decisions FOR EACH ROW EXECUTE FUNCTION check_parcel_decision();

-- Each attempt of a system to take a parcel: one at a time, and one that is whole.
CREATE TABLE parcel_pickups (
  id uuid PRIMARY KEY,
  parcel_id uuid NOT NULL REFERENCES parcels,
  ticket_id uuid NOT NULL REFERENCES tickets,
  identity_id uuid NOT NULL REFERENCES relay_identities,
  source_address text NOT NULL,
  begun_at timestamptz NOT NULL,
  -- Until then nobody else begins; put off while bytes move. A process that died leaves it behind.
  lease_until timestamptz NOT NULL,
  ended_at timestamptz,
  outcome text CHECK (outcome IN ('whole', 'broken')),
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX parcel_pickups_one ON parcel_pickups (parcel_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX parcel_pickups_once ON parcel_pickups (parcel_id) WHERE outcome = 'whole';
GRANT SELECT, INSERT ON parcel_pickups TO sekisho_gateway;
GRANT UPDATE (lease_until, ended_at, outcome) ON parcel_pickups TO sekisho_gateway;
GRANT SELECT, INSERT ON parcel_journeys TO sekisho_gateway;
GRANT UPDATE (state, holds, differences, row_count, people_count, fields, types, scanner, keep_until, updated_at)
  ON parcel_journeys TO sekisho_gateway;

-- What the receiver signed: that these bytes are with it.
CREATE TABLE parcel_receipts (
  parcel_id uuid PRIMARY KEY REFERENCES parcels,
  identity_id uuid NOT NULL REFERENCES relay_identities,
  signature text NOT NULL CHECK (length(signature) BETWEEN 1 AND 16384),
  received_at timestamptz NOT NULL
);

DO $$
DECLARE evidence text;
BEGIN
  FOREACH evidence IN ARRAY ARRAY['parcel_files', 'parcel_decisions', 'parcel_receipts'] LOOP
    EXECUTE format('CREATE TRIGGER %I_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      evidence, evidence);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO sekisho_gateway', evidence);
  END LOOP;
END $$;
