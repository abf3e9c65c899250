-- Version 1 goes on inserting without it.
ALTER TABLE upgtest_job ADD COLUMN note VARCHAR(64);
