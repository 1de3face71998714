-- Up Migration

-- What was asked of a live session, so that a gateway whose listening connection was lost for a moment reads it again.
ALTER TABLE sessions
  ADD COLUMN paused_at timestamptz,
  ADD COLUMN paused_by uuid REFERENCES persons,
  ADD COLUMN pause_text text CHECK (length(pause_text) BETWEEN 1 AND 500),
  ADD COLUMN end_asked_at timestamptz,
  ADD COLUMN end_text text CHECK (length(end_text) BETWEEN 1 AND 500),
  ADD COLUMN last_input_at timestamptz,
  ADD CONSTRAINT sessions_paused_by_somebody CHECK (num_nulls(paused_at, paused_by, pause_text) IN (0, 3)),
  ADD CONSTRAINT sessions_end_says_why CHECK ((end_asked_at IS NULL) = (end_text IS NULL));

-- The limits of admission count what is open, of one person and on one target.
CREATE INDEX sessions_open_person ON sessions (person_id) WHERE closed_at IS NULL;
CREATE INDEX sessions_open_target ON sessions (target_id) WHERE closed_at IS NULL;
