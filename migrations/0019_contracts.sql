-- Up Migration

-- Who vouches for a contractor here; and for which end of a contract everything of theirs was ended, so that it is done
-- once, and a contract that is prolonged afterwards counts again.
ALTER TABLE persons
  ADD COLUMN sponsor_id uuid REFERENCES persons,
  ADD COLUMN contract_closed timestamptz,
  ADD CONSTRAINT persons_sponsor_other CHECK (sponsor_id <> id);
CREATE INDEX persons_contract ON persons (contract_ends_at) WHERE contract_ends_at IS NOT NULL AND deactivated_at IS NULL;
