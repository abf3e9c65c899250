-- Who somebody really is, as it was checked last: name and number sealed under the person's own key,
-- the number's blind index so that a document stands for one account. Of the installation: people
-- belong to no tenant.
CREATE TABLE identity_person (
  person VARCHAR(64) PRIMARY KEY,
  sealed VARCHAR(2000) NOT NULL,
  document VARCHAR(32) NOT NULL,
  number_index VARCHAR(64) NOT NULL UNIQUE,
  provider VARCHAR(64) NOT NULL,
  evidence VARCHAR(255) NOT NULL,
  at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

-- Each question to a provider, so that what is asked can be counted and is known afterwards.
CREATE TABLE identity_check (
  id VARCHAR(64) PRIMARY KEY,
  person VARCHAR(64) NOT NULL,
  day VARCHAR(16) NOT NULL,
  ordinal INTEGER NOT NULL,
  provider VARCHAR(64) NOT NULL,
  outcome VARCHAR(16) NOT NULL,
  reason VARCHAR(64) NOT NULL,
  evidence VARCHAR(255) NOT NULL,
  at BIGINT NOT NULL
);
-- Of two that ask at the same time one gets the number, and the other is counted again.
CREATE UNIQUE INDEX identity_check_day ON identity_check (person, day, ordinal);

-- Faces shown for a purpose. state: begun, passed, refused, used. Times are of the real clock.
CREATE TABLE identity_face (
  id VARCHAR(64) PRIMARY KEY,
  person VARCHAR(64) NOT NULL,
  purpose VARCHAR(100) NOT NULL,
  subject VARCHAR(64) NOT NULL,
  provider VARCHAR(64) NOT NULL,
  token VARCHAR(1000) NOT NULL,
  state VARCHAR(16) NOT NULL,
  evidence VARCHAR(255) NOT NULL,
  begun BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  passed BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX identity_face_person ON identity_face (person, purpose, subject);
