-- V32__pruned.sql: what withings prune took away. Of a day whose samples are gone nobody can say that nothing was worn.

CREATE TABLE sync.pruned (
    resource       text PRIMARY KEY,
    first_kept_day date NOT NULL
);
COMMENT ON TABLE  sync.pruned                IS 'Old samples that withings prune took out of their tables, one row for each resource of which it did';
COMMENT ON COLUMN sync.pruned.resource       IS 'Whose samples: intraday or sleep-samples';
COMMENT ON COLUMN sync.pruned.first_kept_day IS 'Samples of earlier days may be gone; local days, so the second of January where a year in UTC went';
