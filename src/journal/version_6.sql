-- How far the archive's chain had come when it had all that came of a run; none while it has not.
ALTER TABLE runs ADD COLUMN archived INTEGER;
