-- An export may lie in the vault for the one person who asked for it: they take it over the console, once.
ALTER TABLE tickets
  DROP CONSTRAINT tickets_destination_check,
  ADD CONSTRAINT tickets_destination_check CHECK (destination IN ('workstation', 'vault', 'system', 'outside', 'page'));

-- Who takes it is a system by its own key, or that person. `opened_at`: the one answer that carries the bytes has begun.
ALTER TABLE parcel_pickups
  ALTER COLUMN identity_id DROP NOT NULL,
  ADD COLUMN person_id uuid REFERENCES persons,
  ADD COLUMN opened_at timestamptz,
  ADD CONSTRAINT parcel_pickups_taker CHECK ((identity_id IS NULL) <> (person_id IS NULL));
GRANT UPDATE (opened_at) ON parcel_pickups TO sekisho_gateway;

-- Second net: a person takes only what their own ticket brought for them.
CREATE FUNCTION check_parcel_download() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM parcels p JOIN tickets t ON t.id = p.ticket_id WHERE p.id = NEW.parcel_id
    AND t.id = NEW.ticket_id AND t.destination = 'page' AND t.requester_id = NEW.person_id) THEN
    RAISE EXCEPTION 'this parcel is for nobody to download' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'parcel_pickups_download';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER parcel_pickups_download BEFORE INSERT OR UPDATE OF person_id ON parcel_pickups FOR EACH ROW
  WHEN (NEW.person_id IS NOT NULL) EXECUTE FUNCTION check_parcel_download();
