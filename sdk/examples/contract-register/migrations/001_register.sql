-- The last number of an owner's year. Raised only from the value that was read.
CREATE TABLE register_counter (
  owner VARCHAR(64) NOT NULL,
  year BIGINT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (owner, year)
);
CREATE TABLE register_entry (
  owner VARCHAR(64) NOT NULL,
  contract VARCHAR(64) NOT NULL,
  year BIGINT NOT NULL,
  number BIGINT NOT NULL,
  text VARCHAR(64) NOT NULL,
  completed BIGINT NOT NULL,
  PRIMARY KEY (owner, contract)
);
CREATE UNIQUE INDEX register_entry_number ON register_entry (owner, year, number);
