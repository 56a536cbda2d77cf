-- V22__raw_page.sql: answers as they came, for a while, so that a later version can read out of them what this one does
-- not know yet.

CREATE TABLE sync.raw_page (
    user_id       bigint      NOT NULL,
    page_id       bigint      GENERATED ALWAYS AS IDENTITY,
    resource      text        NOT NULL,
    run_id        uuid        NOT NULL,
    asked_at      timestamptz NOT NULL,
    span          jsonb       NOT NULL,
    form          jsonb       NOT NULL,
    content       bytea       NOT NULL,
    content_bytes bigint      NOT NULL,
    PRIMARY KEY (user_id, page_id)
);
COMMENT ON TABLE  sync.raw_page               IS 'An answer of Withings as it came; withings replay reads it again under today''s code. Answers without any record are kept only of whole lists, where no record means that all are gone';
COMMENT ON COLUMN sync.raw_page.user_id       IS 'The person: Withings userid';
COMMENT ON COLUMN sync.raw_page.page_id       IS 'Counts up, so it orders a person''s pages; gaps are normal';
COMMENT ON COLUMN sync.raw_page.resource      IS 'Resource that was read';
COMMENT ON COLUMN sync.raw_page.run_id        IS 'The visit it came in: sync.run, which may be forgotten earlier';
COMMENT ON COLUMN sync.raw_page.asked_at      IS 'When it came';
COMMENT ON COLUMN sync.raw_page.span          IS 'What the reading asked for: kind (everything, changed_since, days, window or one), and since, from and to, or id';
COMMENT ON COLUMN sync.raw_page.form          IS 'The parameters of the call, without any token';
COMMENT ON COLUMN sync.raw_page.content       IS 'The answer as it came, envelope and all: JSON, gzip; holds personal data';
COMMENT ON COLUMN sync.raw_page.content_bytes IS 'Length of the JSON in bytes';

-- The content is compressed already.
ALTER TABLE sync.raw_page ALTER COLUMN content SET STORAGE EXTERNAL;

-- Pages are forgotten by age, over everybody; they come in the order of time, so this index is next to nothing.
CREATE INDEX raw_page_age ON sync.raw_page USING brin (asked_at);
