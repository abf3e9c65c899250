-- People, enterprises and who belongs to whom.
--
-- None of these tables has the tenant column `owner`: a person belongs to no enterprise (the same
-- one works for several and signs for oneself), and an enterprise is itself a tenant. They are rows
-- of the installation; what a caller may see of them is decided by grants on the enterprise, by
-- being that person, or by a contract that names them.

-- A person without a password was named by somebody (a contract, an employer) and has not
-- registered yet.
CREATE TABLE organisation_person (
  id VARCHAR(64) PRIMARY KEY,
  name VARCHAR(100) NOT NULL,
  mobile VARCHAR(32) NOT NULL UNIQUE,
  registered INTEGER NOT NULL,
  password VARCHAR(255) NOT NULL,
  created BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE organisation_enterprise (
  id VARCHAR(64) PRIMARY KEY,
  name VARCHAR(191) NOT NULL UNIQUE,
  credit_code VARCHAR(18) NOT NULL UNIQUE,
  created_by VARCHAR(64) NOT NULL,
  created BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE organisation_member (
  enterprise VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  admin INTEGER NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (enterprise, person)
);
CREATE INDEX organisation_member_person ON organisation_member (person);

-- What an authentication method keeps of a person; opaque here.
CREATE TABLE organisation_credential (
  person VARCHAR(64) NOT NULL,
  method VARCHAR(64) NOT NULL,
  credentials TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (person, method)
);

-- Failed attempts in a row, by a hash of what was attempted (a mobile number, registered or not,
-- so that being counted does not tell whether it is).
CREATE TABLE organisation_attempt (
  id VARCHAR(64) PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_at BIGINT NOT NULL
);
CREATE INDEX organisation_attempt_age ON organisation_attempt (last_at);
