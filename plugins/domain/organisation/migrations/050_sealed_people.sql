-- A person's name and number are sealed under the person's own key (cinnabar.personal/1). `mobile` is
-- then the number's blind index, and `name` is empty. Rows of before are as they were until they are
-- written again or sealed by the job that operators start.
ALTER TABLE organisation_person ADD COLUMN sealed VARCHAR(2000) NOT NULL DEFAULT '';
