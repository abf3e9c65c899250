-- Who handles a contract for an enterprise, and which department it counts to: a list shows what one
-- handles, and more as far as one's permission goes. `owner` is the enterprise.
CREATE TABLE contract_handler (
  owner VARCHAR(64) NOT NULL,
  contract VARCHAR(64) NOT NULL,
  handler VARCHAR(64) NOT NULL,
  department VARCHAR(64) NOT NULL,
  PRIMARY KEY (owner, contract, handler)
);
CREATE INDEX contract_handler_handler ON contract_handler (owner, handler, contract);
CREATE INDEX contract_handler_contract ON contract_handler (contract);

ALTER TABLE contract_file ADD COLUMN uploader VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE contract_file ADD COLUMN department VARCHAR(64) NOT NULL DEFAULT '';

INSERT INTO contract_handler (owner, contract, handler, department)
  SELECT owner, id, initiator, '' FROM contract_contract WHERE owner <> initiator;
INSERT INTO contract_handler (owner, contract, handler, department)
  SELECT DISTINCT p.enterprise, p.contract, p.person, '' FROM contract_party p
  WHERE p.enterprise <> '' AND p.person <> '' AND NOT EXISTS (
    SELECT 1 FROM contract_handler h
    WHERE h.owner = p.enterprise AND h.contract = p.contract AND h.handler = p.person);
