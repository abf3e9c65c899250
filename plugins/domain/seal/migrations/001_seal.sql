-- Seals of enterprises and signatures of people. `owner`: the enterprise or the person.
CREATE TABLE seal_seal (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  type VARCHAR(64) NOT NULL,
  name VARCHAR(64) NOT NULL,
  title VARCHAR(64) NOT NULL,
  code VARCHAR(64) NOT NULL,
  color VARCHAR(16) NOT NULL,
  text VARCHAR(191) NOT NULL,
  state VARCHAR(16) NOT NULL,
  -- The owner and the name while the seal is enabled, else null: two enabled seals of one name
  -- cannot be, not even when they are made at the same time.
  slot VARCHAR(191) UNIQUE,
  drawing VARCHAR(80) NOT NULL,
  preview VARCHAR(80) NOT NULL,
  width DOUBLE NOT NULL,
  height DOUBLE NOT NULL,
  width_um BIGINT NOT NULL,
  height_um BIGINT NOT NULL,
  credential VARCHAR(80) NOT NULL,
  created_by VARCHAR(64) NOT NULL,
  created BIGINT NOT NULL,
  -- Raised when it is disabled or enabled. A use is counted in `uses` instead, guarded by the
  -- version that was read: so uses at the same time do not hinder each other.
  version BIGINT NOT NULL,
  uses BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX seal_seal_owner ON seal_seal (owner, state, created);

-- A key and the certificate over it. `subject`: the seal of an enterprise, or the person. A new
-- generation is made before the last one ends; private keys are in the key store.
CREATE TABLE seal_credential (
  subject VARCHAR(80) NOT NULL,
  generation INTEGER NOT NULL,
  owner VARCHAR(64) NOT NULL,
  key_store VARCHAR(64) NOT NULL,
  key_id VARCHAR(191) NOT NULL,
  chain TEXT NOT NULL,
  serial VARCHAR(64) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  -- When it was taken out of use, real clock; its certificate is then revoked by a job. 0: in use.
  ended BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (subject, generation)
);

-- Who used a seal, when, for what. Only ever added to.
CREATE TABLE seal_usage (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  seal VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  contract VARCHAR(64) NOT NULL,
  certificate VARCHAR(64) NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX seal_usage_seal ON seal_usage (seal, at);
