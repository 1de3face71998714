-- Which worker process of a gateway serves a session; null when the gateway itself does. A worker that is gone is found
-- by it, and so is what it left open.
ALTER TABLE sessions ADD COLUMN worker_id uuid;
CREATE INDEX sessions_worker ON sessions (worker_id) WHERE worker_id IS NOT NULL;
