-- Up Migration

-- What the console's list of sessions is read along, and how it finds what was refused in one.
CREATE INDEX sessions_opened ON sessions (opened_at DESC, id DESC);
CREATE INDEX refused_acts_session ON refused_acts (session_id);
CREATE INDEX refused_acts_person ON refused_acts (person_id, refused_at DESC);
CREATE INDEX audit_events_verified ON audit_events (session_id, seq DESC) WHERE type = 'recording.verified';
