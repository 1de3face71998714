-- Up Migration

-- A target's name is unique within its system: two systems may each have a "db", typed as db%crm and db%billing.
ALTER TABLE targets DROP CONSTRAINT targets_name_key;
ALTER TABLE targets ADD CONSTRAINT targets_name_in_system UNIQUE (system_id, name);
CREATE INDEX targets_name ON targets (name);

-- How a target is known and reached: by a pinned key or by an authority's certificate, directly or through a relay host.
ALTER TABLE targets
  ALTER COLUMN host_key DROP NOT NULL,
  ADD COLUMN host_ca text CHECK (host_ca ~ '^[a-z0-9-]+ [A-Za-z0-9+/=]+$'),
  ADD COLUMN legacy_algorithms boolean NOT NULL DEFAULT false,
  ADD COLUMN source_address text CHECK (source_address ~ '^[0-9a-fA-F.:/,]+$' AND length(source_address) <= 500),
  ADD COLUMN via_target_id uuid REFERENCES targets,
  ADD CONSTRAINT targets_host_known CHECK (host_key IS NOT NULL OR host_ca IS NOT NULL),
  ADD CONSTRAINT targets_not_via_itself CHECK (via_target_id <> id);

-- Files come in two directions, each granted by itself.
ALTER TABLE grants DROP CONSTRAINT grants_actions_check;
ALTER TABLE grants ADD CONSTRAINT grants_actions_check CHECK (
  cardinality(actions) > 0 AND actions <@ ARRAY['shell', 'exec', 'upload', 'download', 'develop']);
ALTER TABLE sessions DROP CONSTRAINT sessions_kind_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_kind_check CHECK (kind IN ('shell', 'exec', 'files'));
