-- Sessions as their people see them; whether one is good, kernel_session says. Of a person, who belongs
-- to no tenant. Times are of the real clock.
CREATE TABLE organisation_session (
  id VARCHAR(64) PRIMARY KEY,
  token_sha256 VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  acting_for VARCHAR(64) NOT NULL,
  method VARCHAR(64) NOT NULL,
  address VARCHAR(64) NOT NULL,
  user_agent VARCHAR(256) NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX organisation_session_person ON organisation_session (person, expires);
CREATE UNIQUE INDEX organisation_session_token ON organisation_session (token_sha256);

-- Sign-ins that were begun; of numbers that nobody has, too, so that they look alike. `who` is the
-- number's blind index. state is the method's, never shown.
CREATE TABLE organisation_sign_in (
  id VARCHAR(64) PRIMARY KEY,
  who VARCHAR(64) NOT NULL,
  ordinal INTEGER NOT NULL,
  day VARCHAR(16) NOT NULL,
  address VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  method VARCHAR(64) NOT NULL,
  acting_for VARCHAR(64) NOT NULL,
  state LONGTEXT NOT NULL,
  tries_left INTEGER NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
-- Of two that are begun at the same time one gets the number, and the other is counted again.
CREATE UNIQUE INDEX organisation_sign_in_day ON organisation_sign_in (who, day, ordinal);
CREATE INDEX organisation_sign_in_address ON organisation_sign_in (address, created);
