-- Whose address and user agent they are, so that they go with the person's data.
ALTER TABLE contract_trace ADD COLUMN person VARCHAR(64) NOT NULL DEFAULT '';
CREATE INDEX contract_trace_person ON contract_trace (person);
CREATE INDEX contract_party_person ON contract_party (person);
