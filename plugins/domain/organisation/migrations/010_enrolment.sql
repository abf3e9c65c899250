-- Enrolments with an authentication method that were begun: the method's state until the answer comes.
-- Of a person, who belongs to no tenant. Times are of the real clock.
CREATE TABLE organisation_enrolment (
  id VARCHAR(64) PRIMARY KEY,
  person VARCHAR(64) NOT NULL,
  method VARCHAR(64) NOT NULL,
  state LONGTEXT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX organisation_enrolment_expiry ON organisation_enrolment (expires);
CREATE INDEX organisation_enrolment_person ON organisation_enrolment (person);

-- Of a method that keeps several of a person, whose enrolment is begun first.
ALTER TABLE organisation_credential ADD COLUMN several INTEGER NOT NULL DEFAULT 0;
