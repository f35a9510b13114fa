-- The link of the archive from which the run was taken over; none where it was this journal's from the beginning.
ALTER TABLE runs ADD COLUMN taken_over INTEGER;

-- What an earlier version brought to its end, it told the archive.
UPDATE runs SET archived = 0 WHERE finished IS NOT NULL AND archived IS NULL;
