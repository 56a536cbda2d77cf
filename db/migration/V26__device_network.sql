-- V26__device_network.sql: what Withings tells some partners about a device, until now kept in extra.
-- One subcommand for each statement, as a distributed table takes it. Rows fill as devices are next read.

ALTER TABLE withings.device ADD COLUMN firmware text;
ALTER TABLE withings.device ADD COLUMN mac_address text;
ALTER TABLE withings.device ADD COLUMN network text;
ALTER TABLE withings.device ADD COLUMN last_used_network text;
ALTER TABLE withings.device ADD COLUMN sim_status text;
COMMENT ON COLUMN withings.device.firmware          IS 'Version of its software; null where the application is not told. API: fw';
COMMENT ON COLUMN withings.device.mac_address       IS 'Its network address; null where the application is not told. API: mac_address';
COMMENT ON COLUMN withings.device.network           IS 'Network it uses; null where the application is not told. API: network';
COMMENT ON COLUMN withings.device.last_used_network IS 'Network it used last; null where the application is not told. API: last_used_network';
COMMENT ON COLUMN withings.device.sim_status        IS 'State of its SIM card; null where it has none or the application is not told. API: sim_status';
