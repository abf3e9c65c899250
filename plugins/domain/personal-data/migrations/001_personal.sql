-- The key of each person, wrapped; `wrapping` names the key that it is wrapped under. Of the
-- installation: people belong to no tenant. An empty `wrapped` is a key that was destroyed: nothing
-- is sealed for that person again.
CREATE TABLE personal_key (
  person VARCHAR(64) PRIMARY KEY,
  wrapped VARCHAR(255) NOT NULL,
  wrapping VARCHAR(32) NOT NULL,
  created BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX personal_key_wrapping ON personal_key (wrapping, person);
