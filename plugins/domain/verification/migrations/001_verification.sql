-- The verification of enterprises: one application each, what is under review, invitations, payments.
-- `owner` is the enterprise.
CREATE TABLE verification_application (
  owner VARCHAR(64) PRIMARY KEY,
  applicant VARCHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  way VARCHAR(16) NOT NULL,
  stage VARCHAR(32) NOT NULL,
  name VARCHAR(255) NOT NULL,
  credit_code VARCHAR(18) NOT NULL,
  legal_representative VARCHAR(100) NOT NULL,
  address VARCHAR(500) NOT NULL,
  licence VARCHAR(64) NOT NULL,
  evidence VARCHAR(255) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  payments INTEGER NOT NULL,
  created BIGINT NOT NULL,
  verified BIGINT,
  version BIGINT NOT NULL
);

-- what: inclusion, letter. state: waiting, approved, rejected.
CREATE TABLE verification_review (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  what VARCHAR(16) NOT NULL,
  files LONGTEXT NOT NULL,
  state VARCHAR(16) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  decided_by VARCHAR(64) NOT NULL,
  created BIGINT NOT NULL,
  decided BIGINT
);
CREATE INDEX verification_review_state ON verification_review (state, id);
CREATE INDEX verification_review_owner ON verification_review (owner, id);

-- The legal representative's way in; the token itself is in the message only.
CREATE TABLE verification_invitation (
  token_sha256 VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  expires BIGINT NOT NULL,
  used INTEGER NOT NULL
);
CREATE INDEX verification_invitation_owner ON verification_invitation (owner);

CREATE TABLE verification_payment (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  state LONGTEXT NOT NULL,
  tries INTEGER NOT NULL,
  open INTEGER NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX verification_payment_owner ON verification_payment (owner, open);

-- An account that ends: by whom, and when it takes effect unless it is revoked.
CREATE TABLE verification_cancellation (
  owner VARCHAR(64) PRIMARY KEY,
  person VARCHAR(64) NOT NULL,
  due BIGINT NOT NULL,
  done INTEGER NOT NULL,
  version BIGINT NOT NULL
);

-- What was brought as proof.
CREATE TABLE verification_file (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  blob_id VARCHAR(80) NOT NULL,
  type VARCHAR(64) NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX verification_file_owner ON verification_file (owner);
