-- Up Migration

-- A row of the outbox is done when what follows from it is done, not when a queue took it: a queue that forgets loses
-- nothing, for what is not done is handed to it again.
ALTER TABLE outbox ADD COLUMN done_at timestamptz;
UPDATE outbox SET done_at = dispatched_at;
DROP INDEX outbox_waiting;
CREATE INDEX outbox_open ON outbox (dispatched_at NULLS FIRST, created_at) WHERE done_at IS NULL;

-- When it was settled whether a notification is sent outside too.
ALTER TABLE notifications ADD COLUMN planned_at timestamptz;
UPDATE notifications SET planned_at = created_at;
CREATE INDEX notifications_unplanned ON notifications (created_at) WHERE planned_at IS NULL;

-- What is sent to somebody outside of the console: to a person by mail, to a room of Slack or Teams or to a program by a
-- webhook. Its id comes from the news and the receiver, so that the same news is no second message. No customer data.
CREATE TABLE deliveries (
  id uuid PRIMARY KEY,
  channel text NOT NULL CHECK (length(channel) BETWEEN 1 AND 64),
  person_id uuid REFERENCES persons,
  kind text NOT NULL,
  payload jsonb NOT NULL CHECK (length(payload::text) <= 20000),
  created_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dropped', 'dead')),
  -- Counts every try and never goes back: a try is known by it, and taken once.
  attempts smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  tries_left smallint NOT NULL CHECK (tries_left >= 0),
  next_at timestamptz NOT NULL,
  error text CHECK (length(error) <= 64),
  status smallint,
  ended_at timestamptz,
  CONSTRAINT deliveries_receiver CHECK ((channel = 'mail') = (person_id IS NOT NULL)),
  CONSTRAINT deliveries_ended CHECK ((state = 'waiting') = (ended_at IS NULL))
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_dead ON deliveries (ended_at DESC) WHERE state = 'dead';
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE state IN ('sent', 'dropped');

-- Whether a person wants mail, where they have the choice. No row: they do.
CREATE TABLE notification_settings (
  person_id uuid PRIMARY KEY REFERENCES persons,
  mail boolean NOT NULL,
  updated_at timestamptz NOT NULL
);

-- A link in a message: for one person, ticket and purpose, once. Its signature is made of the row with a key that the
-- database does not have, so that whoever can write here makes no link.
CREATE TABLE ticket_links (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES tickets,
  person_id uuid NOT NULL REFERENCES persons,
  purpose text NOT NULL CHECK (purpose IN ('decide', 'review')),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
  used_at timestamptz
);
CREATE INDEX ticket_links_ticket ON ticket_links (ticket_id);

CREATE FUNCTION keep_link_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.used_at IS NOT NULL THEN
    RAISE EXCEPTION 'a link is used once' USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_links_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ticket_links_keep_used BEFORE UPDATE ON ticket_links FOR EACH ROW EXECUTE FUNCTION keep_link_used();

GRANT SELECT, INSERT, DELETE ON deliveries TO sekisho_gateway;
GRANT UPDATE (state, attempts, tries_left, next_at, error, status, ended_at) ON deliveries TO sekisho_gateway;
GRANT SELECT, INSERT ON notification_settings TO sekisho_gateway;
GRANT UPDATE (mail, updated_at) ON notification_settings TO sekisho_gateway;
GRANT SELECT, INSERT ON ticket_links TO sekisho_gateway;
GRANT UPDATE (used_at) ON ticket_links TO sekisho_gateway;
