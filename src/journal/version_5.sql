-- Who sat there, beside the name that was given: the operating system's user, and the machine.
ALTER TABLE runs ADD COLUMN os_user TEXT;
ALTER TABLE runs ADD COLUMN host TEXT;
