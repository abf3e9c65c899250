-- Whose address and user agent they are, so that they go with the person's data.
ALTER TABLE evidence_trace ADD COLUMN person VARCHAR(64) NOT NULL DEFAULT '';
CREATE INDEX evidence_trace_person ON evidence_trace (person);
