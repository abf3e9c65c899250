-- Contracts. Times are Unix milliseconds, lists and objects are JSON text. `owner` is the tenant
-- that the contract belongs to; contract_list alone is per grantee, so that a list is one query.

CREATE TABLE contract_file (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  name VARCHAR(255) NOT NULL,
  content VARCHAR(80) NOT NULL,
  size BIGINT NOT NULL,
  pdf_version VARCHAR(8) NOT NULL,
  pages LONGTEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX contract_file_owner ON contract_file (owner, id);

-- What changes in a contract's life; every act raises `version`.
CREATE TABLE contract_contract (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  version BIGINT NOT NULL,
  state VARCHAR(16) NOT NULL,
  name VARCHAR(255) NOT NULL,
  ordering VARCHAR(16) NOT NULL,
  initiator VARCHAR(64) NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  sent BIGINT,
  ended BIGINT,
  deadline BIGINT NOT NULL,
  reason VARCHAR(1000) NOT NULL,
  salt VARCHAR(64) NOT NULL
);
CREATE INDEX contract_contract_due ON contract_contract (state, deadline);

-- What is agreed: written with the draft, the same for ever once sent.
CREATE TABLE contract_content (
  contract VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  files LONGTEXT NOT NULL,
  controls LONGTEXT NOT NULL,
  watermark VARCHAR(255) NOT NULL,
  data LONGTEXT NOT NULL
);

CREATE TABLE contract_party (
  contract VARCHAR(64) NOT NULL,
  id VARCHAR(64) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  seat INTEGER NOT NULL,
  kind VARCHAR(16) NOT NULL,
  name VARCHAR(255) NOT NULL,
  mobile VARCHAR(32) NOT NULL,
  enterprise_name VARCHAR(255) NOT NULL,
  position INTEGER NOT NULL,
  auth_methods LONGTEXT NOT NULL,
  person VARCHAR(64) NOT NULL,
  enterprise VARCHAR(64) NOT NULL,
  state VARCHAR(16) NOT NULL,
  answers LONGTEXT NOT NULL,
  viewed BIGINT,
  filled_at BIGINT,
  signed_at BIGINT,
  PRIMARY KEY (contract, id)
);

-- A frozen document: its base, and the segments appended by each act.
CREATE TABLE contract_document (
  contract VARCHAR(64) NOT NULL,
  number INTEGER NOT NULL,
  owner VARCHAR(64) NOT NULL,
  file VARCHAR(64) NOT NULL,
  name VARCHAR(255) NOT NULL,
  pages INTEGER NOT NULL,
  base VARCHAR(80) NOT NULL,
  base_size BIGINT NOT NULL,
  size BIGINT NOT NULL,
  digest VARCHAR(64) NOT NULL,
  state LONGTEXT NOT NULL,
  segments LONGTEXT NOT NULL,
  PRIMARY KEY (contract, number)
);

-- What freezing decided: the fields and where they stand. Never changes.
CREATE TABLE contract_frozen (
  contract VARCHAR(64) NOT NULL,
  number INTEGER NOT NULL,
  owner VARCHAR(64) NOT NULL,
  level VARCHAR(8) NOT NULL,
  map LONGTEXT NOT NULL,
  fields LONGTEXT NOT NULL,
  PRIMARY KEY (contract, number)
);

-- One row a segment: who signed what, with which certificate, proved how.
CREATE TABLE contract_signature (
  contract VARCHAR(64) NOT NULL,
  number INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  owner VARCHAR(64) NOT NULL,
  party VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  enterprise VARCHAR(64) NOT NULL,
  signer_name VARCHAR(255) NOT NULL,
  seals LONGTEXT NOT NULL,
  fields LONGTEXT NOT NULL,
  method VARCHAR(64) NOT NULL,
  evidence LONGTEXT NOT NULL,
  digest VARCHAR(128) NOT NULL,
  stamped VARCHAR(64) NOT NULL,
  level VARCHAR(8) NOT NULL,
  archived VARCHAR(64) NOT NULL,
  serial VARCHAR(64) NOT NULL,
  certificate_sha256 VARCHAR(64) NOT NULL,
  chain LONGTEXT NOT NULL,
  signed_at BIGINT NOT NULL,
  PRIMARY KEY (contract, number, segment)
);

-- The newest document timestamp of each document of a contract completed at B-LTA, and when it is
-- to be renewed. Times are of the real clock.
CREATE TABLE contract_archive (
  contract VARCHAR(64) NOT NULL,
  number INTEGER NOT NULL,
  owner VARCHAR(64) NOT NULL,
  token LONGTEXT NOT NULL,
  stamped VARCHAR(64) NOT NULL,
  ends BIGINT NOT NULL,
  due BIGINT NOT NULL,
  renewals INTEGER NOT NULL,
  open INTEGER NOT NULL,
  fault VARCHAR(1000) NOT NULL,
  PRIMARY KEY (contract, number)
);
CREATE INDEX contract_archive_due ON contract_archive (open, due);

-- Open questions to signers. Times are of the real clock.
CREATE TABLE contract_challenge (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  contract VARCHAR(64) NOT NULL,
  party VARCHAR(64) NOT NULL,
  ordinal INTEGER NOT NULL,
  person VARCHAR(64) NOT NULL,
  method VARCHAR(64) NOT NULL,
  shown_digest VARCHAR(64) NOT NULL,
  version BIGINT NOT NULL,
  secret LONGTEXT NOT NULL,
  tries_left INTEGER NOT NULL,
  used INTEGER NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
-- Of two that are begun at the same time one gets the number, and the other is counted again: so
-- the limit on challenges holds for parallel ones too.
CREATE UNIQUE INDEX contract_challenge_party ON contract_challenge (contract, party, ordinal);

-- Wrong answers of a person to one authentication method, over all contracts, which it outlives;
-- hence without a tenant: a person signs for several. Times are of the real clock. `version` is
-- raised by failures and by clearing them; `accepted` alone counts what must not hinder each other.
CREATE TABLE contract_attempt (
  person VARCHAR(64) NOT NULL,
  method VARCHAR(64) NOT NULL,
  failures INTEGER NOT NULL,
  since BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (person, method)
);

-- Where an act came from. Events carry salted commitments to these only, so that a row may be
-- erased without breaking the chain.
CREATE TABLE contract_trace (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  contract VARCHAR(64) NOT NULL,
  address VARCHAR(64) NOT NULL,
  user_agent VARCHAR(400) NOT NULL,
  salt VARCHAR(64) NOT NULL
);
CREATE INDEX contract_trace_contract ON contract_trace (contract);

-- The last act of viewing, by person, by the party that it acted as and by what was viewed.
CREATE TABLE contract_view (
  contract VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  party VARCHAR(64) NOT NULL,
  what VARCHAR(16) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (contract, person, party, what)
);

-- What each grantee sees in its list; `owner` is the grantee.
CREATE TABLE contract_list (
  owner VARCHAR(64) NOT NULL,
  contract VARCHAR(64) NOT NULL,
  name VARCHAR(255) NOT NULL,
  state VARCHAR(16) NOT NULL,
  relation VARCHAR(16) NOT NULL,
  turn INTEGER NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  deadline BIGINT NOT NULL,
  PRIMARY KEY (owner, contract)
);
CREATE INDEX contract_list_contract ON contract_list (contract);
CREATE INDEX contract_list_state ON contract_list (owner, state, contract);

-- The platform's own certificates, with which it certifies frozen documents; of the installation.
CREATE TABLE contract_credential (
  id VARCHAR(64) PRIMARY KEY,
  not_after BIGINT NOT NULL,
  credential LONGTEXT NOT NULL
);
