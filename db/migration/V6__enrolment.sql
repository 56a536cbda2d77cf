-- V6__enrolment.sql: who is enrolled, and by what right we ask for their data.
-- One Withings userid is one enrolment: two authorisations of one account would kill each other's tokens.

CREATE TABLE sync.enrolment (
    user_id       bigint      PRIMARY KEY,
    ref           text        UNIQUE,
    status        text        NOT NULL,
    status_reason text,
    scopes        text[]      NOT NULL,
    fetch_from    date,
    fetch_until   date,
    enrolled_at   timestamptz NOT NULL DEFAULT now(),
    consented_at  timestamptz,
    CONSTRAINT enrolment_status CHECK (status IN ('active', 'reconsent', 'unlinked'))
);
COMMENT ON TABLE  sync.enrolment               IS 'A person whose data is kept here. The row stays when the person leaves; erasing removes it';
COMMENT ON COLUMN sync.enrolment.user_id       IS 'The person: Withings userid. API: oauth2 requesttoken, userid';
COMMENT ON COLUMN sync.enrolment.ref           IS 'The owner''s own name for this person, e.g. a participant number; null if none was given';
COMMENT ON COLUMN sync.enrolment.status        IS 'active (is synced), reconsent (the person must consent again) or unlinked (no longer synced)';
COMMENT ON COLUMN sync.enrolment.status_reason IS 'Why the status is what it is, in words for the owner; null while active';
COMMENT ON COLUMN sync.enrolment.scopes        IS 'What the person granted, which may be less than was asked. API: oauth2 requesttoken, scope';
COMMENT ON COLUMN sync.enrolment.fetch_from    IS 'First local day to fetch, set by the owner; null = everything the API holds';
COMMENT ON COLUMN sync.enrolment.fetch_until   IS 'Last local day to fetch, no call is made after it; null = no end';
COMMENT ON COLUMN sync.enrolment.enrolled_at   IS 'When the person was first enrolled or imported here';
COMMENT ON COLUMN sync.enrolment.consented_at  IS 'When the person last consented here; null for an imported authorisation';

-- Append-only, and without a foreign key: what was done to a person outlives the person's rows.
CREATE TABLE sync.event (
    event_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     bigint      NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    act         text        NOT NULL,
    command     text        NOT NULL,
    CONSTRAINT event_act
        CHECK (act IN ('enrolled', 'imported', 'reconsented', 'reconsent_needed', 'bounded', 'named', 'removed',
            'exported', 'erased'))
);
COMMENT ON TABLE  sync.event             IS 'What was done about whom, when and by which command. Holds no value and no token';
COMMENT ON COLUMN sync.event.event_id    IS 'Counts up; gaps are normal';
COMMENT ON COLUMN sync.event.user_id     IS 'The person: Withings userid';
COMMENT ON COLUMN sync.event.occurred_at IS 'When';
COMMENT ON COLUMN sync.event.act         IS 'What was done: enrolled, imported, reconsented, reconsent_needed, bounded, named, removed, exported or erased';
COMMENT ON COLUMN sync.event.command     IS 'Command or web action that did it';

-- A refresh token is good for a year of someone's data, so none is ever stored in clear. The pair is committed
-- before its first use; until then the old refresh token still works, which saves the enrolment when a
-- crash falls between Withings' answer and our commit.
CREATE TABLE sync.token (
    user_id                bigint      PRIMARY KEY REFERENCES sync.enrolment ON DELETE CASCADE,
    access_token           bytea       NOT NULL,
    refresh_token          bytea       NOT NULL,
    previous_refresh_token bytea,
    expires_at             timestamptz NOT NULL,
    refreshed_at           timestamptz NOT NULL DEFAULT now(),
    used_at                timestamptz
);
COMMENT ON TABLE  sync.token                        IS 'The tokens of an enrolled person, encrypted (Tink AEAD), each ciphertext bound to the person and its purpose';
COMMENT ON COLUMN sync.token.user_id                IS 'The person: Withings userid';
COMMENT ON COLUMN sync.token.access_token           IS 'Ciphertext, good until expires_at. API: oauth2 requesttoken, access_token';
COMMENT ON COLUMN sync.token.refresh_token          IS 'Ciphertext, good for one refresh. API: oauth2 requesttoken, refresh_token';
COMMENT ON COLUMN sync.token.previous_refresh_token IS 'Ciphertext of the one before, kept until the new access token has been used; null otherwise';
COMMENT ON COLUMN sync.token.expires_at             IS 'When the access token ends. API: oauth2 requesttoken, expires_in';
COMMENT ON COLUMN sync.token.refreshed_at           IS 'When this pair was stored';
COMMENT ON COLUMN sync.token.used_at                IS 'First use of this access token that worked; null = not used yet, so the previous pair may still be good';

CREATE TABLE sync.oauth_state (
    state_hash bytea       PRIMARY KEY,
    ref        text,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE  sync.oauth_state            IS 'Consents under way: a callback counts only with a state from here, once and in time';
COMMENT ON COLUMN sync.oauth_state.state_hash IS 'SHA-256 of the state in the consent link, so that reading this table lets nobody finish a consent';
COMMENT ON COLUMN sync.oauth_state.ref        IS 'Name the enrolment will get; null if none was given';
COMMENT ON COLUMN sync.oauth_state.created_at IS 'When the consent link was made';
COMMENT ON COLUMN sync.oauth_state.expires_at IS 'Until when the callback is accepted';
