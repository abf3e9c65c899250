-- Within an enterprise an object is reached by who handles it, by its department and those above,
-- or by all: a grant names both, and an enterprise has one for each handler. This takes the place of
-- kernel_grant, which stays as it was: a script that takes something away cannot be undone where
-- each statement that changes a table commits.
CREATE TABLE kernel_reach (
  object VARCHAR(64) NOT NULL,
  grantee VARCHAR(64) NOT NULL,
  role VARCHAR(32) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  handler VARCHAR(64) NOT NULL,
  department VARCHAR(64) NOT NULL,
  PRIMARY KEY (object, grantee, role, handler)
);
CREATE INDEX kernel_reach_grantee ON kernel_reach (grantee, object);
INSERT INTO kernel_reach (object, grantee, role, owner, handler, department)
  SELECT object, grantee, role, owner, '', '' FROM kernel_grant;
