-- Who decides an export may allow less than was asked, never more. Then the ticket's own bounds are what is allowed, so
-- that everything that reads them keeps to it, and `asked` keeps what was asked for.
ALTER TABLE tickets
  ADD COLUMN asked jsonb CHECK (jsonb_typeof(asked) = 'object'),
  ADD CONSTRAINT tickets_asked CHECK (asked IS NULL OR kind = 'export');

CREATE OR REPLACE FUNCTION keep_ticket_act() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves text[] := ARRAY['state', 'updated_at', 'uses', 'rows_used', 'bytes_used', 'overdue'];
BEGIN
  IF OLD.lasts_seconds IS NOT NULL AND OLD.state = 'requested' AND NEW.state = 'approved'
    AND NEW.not_after = NEW.not_before + OLD.lasts_seconds * interval '1 second' THEN
    moves := moves || ARRAY['not_before', 'not_after'];
  END IF;
  IF OLD.kind = 'export' AND OLD.state = 'requested' AND NEW.state = 'requested'
    AND NEW.rows_max <= OLD.rows_max AND NEW.bytes_max <= OLD.bytes_max AND NEW.uses_max <= OLD.uses_max
    AND NEW.not_after <= OLD.not_after AND (NEW.lasts_seconds IS NULL) = (OLD.lasts_seconds IS NULL)
    AND coalesce(NEW.lasts_seconds <= OLD.lasts_seconds, true)
    AND NEW.asked = coalesce(OLD.asked, jsonb_build_object('rowsMax', OLD.rows_max, 'bytesMax', OLD.bytes_max,
      'usesMax', OLD.uses_max, 'notAfter', OLD.not_after, 'lastsSeconds', OLD.lasts_seconds)) THEN
    moves := moves || ARRAY['rows_max', 'bytes_max', 'uses_max', 'not_after', 'lasts_seconds', 'asked'];
  END IF;
  IF to_jsonb(OLD) - moves IS DISTINCT FROM to_jsonb(NEW) - moves THEN
    RAISE EXCEPTION 'a ticket''s act never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_act_fixed';
  END IF;
  IF NEW.uses < OLD.uses OR NEW.rows_used < OLD.rows_used OR NEW.bytes_used < OLD.bytes_used OR NEW.overdue < OLD.overdue THEN
    RAISE EXCEPTION 'what a ticket gave is not taken back' USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_only_up';
  END IF;
  RETURN NEW;
END $$;
