-- Up Migration

-- What was asked beside what was done, compared once when a ticket is over. `lines` name their evidence: sessions, events
-- and leaves of the log.
CREATE TABLE reconciliations (
  ticket_id uuid PRIMARY KEY REFERENCES tickets,
  verdict text NOT NULL CHECK (verdict IN ('match', 'deviation', 'unexplained')),
  lines jsonb NOT NULL CHECK (jsonb_typeof(lines) = 'array' AND jsonb_array_length(lines) > 0),
  rules text NOT NULL,
  made_at timestamptz NOT NULL
);
CREATE INDEX reconciliations_verdict ON reconciliations (verdict, made_at DESC);

-- Each reminder and each rung of a ladder was told once: the key is that it was. `since` is when the waiting began.
CREATE TABLE ticket_reminders (
  ticket_id uuid NOT NULL REFERENCES tickets,
  phase text NOT NULL CHECK (phase IN ('decision', 'answer', 'report', 'review')),
  since timestamptz NOT NULL,
  step text NOT NULL CHECK (step IN ('remind', 'substitutes', 'second_line')),
  told_at timestamptz NOT NULL,
  PRIMARY KEY (ticket_id, phase, since, step)
);

CREATE TRIGGER reconciliations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reconciliations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON reconciliations TO sekisho_gateway;
CREATE TRIGGER ticket_reminders_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_reminders
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON ticket_reminders TO sekisho_gateway;
