-- The key with which a program acted for the person; empty: the person was signed in.
ALTER TABLE kernel_audit ADD COLUMN api_key VARCHAR(64) NOT NULL DEFAULT '';
