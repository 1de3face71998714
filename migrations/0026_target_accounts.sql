-- Up Migration

-- The account under which the gateway looks at which accounts exist on a target: an ordinary one, entered by a
-- certificate that runs one fixed command and nothing else. Null: nobody looks.
ALTER TABLE targets ADD COLUMN inspect_as text CHECK (inspect_as ~ '^[a-z_][a-z0-9_.-]{0,31}$' AND inspect_as <> 'root');

-- What was found there each time, beside what was known. `findings`: account, kind and what to say of it.
CREATE TABLE account_reports (
  id uuid PRIMARY KEY,
  target_id uuid NOT NULL REFERENCES targets,
  made_at timestamptz NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('read', 'failed')),
  -- Why it could not be read; an error code of the gateway.
  code text,
  accounts integer NOT NULL CHECK (accounts >= 0),
  findings jsonb NOT NULL CHECK (jsonb_typeof(findings) = 'array'),
  CHECK ((outcome = 'failed') = (code IS NOT NULL))
);
CREATE INDEX account_reports_target ON account_reports (target_id, made_at DESC);
CREATE TRIGGER account_reports_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_reports
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON account_reports TO sekisho_gateway;
