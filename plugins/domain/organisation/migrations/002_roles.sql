-- Departments, roles and who holds them. Rows of an enterprise: `owner` is the tenant.
--
-- The root of the tree has the id of the enterprise and no row. A department that was deleted stays
-- as a row that names its heir and lies below it, so that what counts to it is found where the heir
-- is.
CREATE TABLE organisation_department (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  parent VARCHAR(64) NOT NULL,
  name VARCHAR(100) NOT NULL,
  heir VARCHAR(64) NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX organisation_department_owner ON organisation_department (owner, parent);

-- An enterprise's own roles; those of the system have no rows.
CREATE TABLE organisation_role (
  id VARCHAR(64) PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description VARCHAR(500) NOT NULL,
  enabled INTEGER NOT NULL,
  rights LONGTEXT NOT NULL,
  created BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX organisation_role_name ON organisation_role (owner, name);

CREATE TABLE organisation_holding (
  owner VARCHAR(64) NOT NULL,
  role VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (owner, role, person)
);
CREATE INDEX organisation_holding_person ON organisation_holding (owner, person);

-- In the place of organisation_member, which stays as it was: a script that takes something away
-- cannot be undone where each statement that changes a table commits.
CREATE TABLE organisation_employee (
  enterprise VARCHAR(64) NOT NULL,
  person VARCHAR(64) NOT NULL,
  since BIGINT NOT NULL,
  department VARCHAR(64) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (enterprise, person)
);
CREATE INDEX organisation_employee_person ON organisation_employee (person);

INSERT INTO organisation_employee (enterprise, person, since, department, version)
  SELECT enterprise, person, since, enterprise, 1 FROM organisation_member;
-- Who founded an enterprise administers it. Others keep what they could do: administrators all but
-- that, members the enterprise's contracts.
INSERT INTO organisation_holding (owner, role, person, since)
  SELECT m.enterprise, 'super_administrator', m.person, m.since
  FROM organisation_member m JOIN organisation_enterprise e
    ON e.id = m.enterprise AND e.created_by = m.person;
INSERT INTO organisation_holding (owner, role, person, since)
  SELECT enterprise, 'it_administrator', person, since FROM organisation_member WHERE admin = 1;
INSERT INTO organisation_holding (owner, role, person, since)
  SELECT enterprise, 'seal_administrator', person, since FROM organisation_member WHERE admin = 1;
INSERT INTO organisation_holding (owner, role, person, since)
  SELECT enterprise, 'contract_administrator', person, since FROM organisation_member;
