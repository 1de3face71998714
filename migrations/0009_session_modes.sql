-- Up Migration

-- How much of what is typed on a target the gate owns, strongest first; `recorded` judges nothing.
ALTER TABLE targets DROP CONSTRAINT targets_mode_check;
ALTER TABLE targets ADD CONSTRAINT targets_mode_check
  CHECK (mode IN ('exec-only', 'guarded-line', 'guarded-shell', 'guarded-pty', 'recorded'));
