-- Up Migration

-- Where an approved export goes: to the workstation of the person who asked, or into the vault.
ALTER TABLE tickets
  DROP CONSTRAINT tickets_destination_check,
  ADD CONSTRAINT tickets_destination_check CHECK (destination IN ('workstation', 'vault'));

-- What one export put into the vault. Begun in the transaction that begins the ticket's one use.
CREATE TABLE parcels (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  ticket_id uuid NOT NULL UNIQUE REFERENCES redemptions,
  begun_at timestamptz NOT NULL
);

-- How it ended: `sealed` with its manifest, or `discarded` and nothing kept.
CREATE TABLE parcel_ends (
  parcel_id uuid PRIMARY KEY REFERENCES parcels,
  outcome text NOT NULL CHECK (outcome IN ('sealed', 'discarded')),
  files bigint NOT NULL CHECK (files >= 0),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  manifest_sha256 bytea CHECK (length(manifest_sha256) = 32),
  ended_at timestamptz NOT NULL,
  CHECK ((outcome = 'sealed') = (manifest_sha256 IS NOT NULL))
);

-- Second net: what goes into the vault is what a ticket sends there.
CREATE FUNCTION check_parcel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tickets t WHERE t.id = NEW.ticket_id AND t.destination = 'vault') THEN
    RAISE EXCEPTION 'this ticket does not go to the vault' USING ERRCODE = 'check_violation', CONSTRAINT = 'parcels_destination';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER parcels_check BEFORE INSERT ON parcels FOR EACH ROW EXECUTE FUNCTION check_parcel();

DO $$
DECLARE evidence text;
BEGIN
  FOREACH evidence IN ARRAY ARRAY['parcels', 'parcel_ends'] LOOP
    EXECUTE format('CREATE TRIGGER %I_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      evidence, evidence);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO sekisho_gateway', evidence);
  END LOOP;
END $$;
