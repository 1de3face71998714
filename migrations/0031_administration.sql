-- What people change in the console stands beside what the inventory says, until the inventory says something else.

-- A grant that somebody ended: the inventory's next reading does not give the same one back.
ALTER TABLE grants ADD COLUMN ended_by uuid REFERENCES persons;
ALTER TABLE grants ADD CONSTRAINT grants_ended_is_revoked CHECK (ended_by IS NULL OR revoked_at IS NOT NULL);

-- A host key that somebody pinned, and what the inventory said then: when it says that still, the pinned key stays.
ALTER TABLE targets
  ADD COLUMN pinned_at timestamptz,
  ADD COLUMN pinned_by uuid REFERENCES persons,
  ADD COLUMN pinned_over text,
  ADD CONSTRAINT targets_pinned_by_somebody CHECK ((pinned_at IS NULL) = (pinned_by IS NULL));
