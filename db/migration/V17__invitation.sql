-- V17__invitation.sql: links that enrol one person each, and the browser a consent was begun in.

CREATE TABLE sync.invitation (
    invitation_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invite_hash   bytea       NOT NULL,
    ref           text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    claimed_until timestamptz,
    used_at       timestamptz,
    used_by       bigint,
    revoked_at    timestamptz,
    CONSTRAINT invitation_hash UNIQUE (invite_hash),
    CONSTRAINT invitation_used CHECK ((used_at IS NULL) = (used_by IS NULL))
);
COMMENT ON TABLE  sync.invitation               IS 'A link that lets one person enrol under the reference the owner chose. Opening it does not use it up, a stored consent does';
COMMENT ON COLUMN sync.invitation.invitation_id IS 'Counts up; gaps are normal';
COMMENT ON COLUMN sync.invitation.invite_hash   IS 'SHA-256 of the secret in the link, so that reading this table lets nobody enrol';
COMMENT ON COLUMN sync.invitation.ref           IS 'Name the enrolment will get';
COMMENT ON COLUMN sync.invitation.created_at    IS 'When the link was made';
COMMENT ON COLUMN sync.invitation.expires_at    IS 'Until when a consent may come back to it';
COMMENT ON COLUMN sync.invitation.claimed_until IS 'Somebody''s consent is being stored until then at the longest, and nobody else''s is begun; null while nobody''s is';
COMMENT ON COLUMN sync.invitation.used_at       IS 'When it was used; null if it was not';
COMMENT ON COLUMN sync.invitation.used_by       IS 'Who used it: Withings userid; null if nobody did';
COMMENT ON COLUMN sync.invitation.revoked_at    IS 'When the owner took it back; null if not';

-- A consent that somebody else began must not end in this browser: it would link the wrong account.
ALTER TABLE sync.oauth_state ADD COLUMN browser_hash bytea;
ALTER TABLE sync.oauth_state ADD COLUMN invitation_id bigint;
COMMENT ON COLUMN sync.oauth_state.browser_hash  IS 'SHA-256 of the cookie of the browser it began in, which alone may finish it; null where it began at a terminal';
COMMENT ON COLUMN sync.oauth_state.invitation_id IS 'The invitation it began with: sync.invitation; null if with none';
