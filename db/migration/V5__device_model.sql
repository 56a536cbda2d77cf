-- V5__device_model.sql: the models of device Withings knows.
-- Names and types are spelt as the API spells them, so that a row with a number only and a row with a name read
-- alike. No foreign key leads here: a new model must not stop a sync.

CREATE TABLE withings.device_model (
    model_id integer PRIMARY KEY,
    name     text    NOT NULL,
    type     text
);
COMMENT ON TABLE  withings.device_model          IS 'A model of device, or an app that counts as one';
COMMENT ON COLUMN withings.device_model.model_id IS 'Code. API: model_id, modelid or a numeric model; several codes can be one product';
COMMENT ON COLUMN withings.device_model.name     IS 'Product name, as the API gives it in model';
COMMENT ON COLUMN withings.device_model.type     IS 'Kind of device, as in withings.device.type; null if not known. HealthKit… marks data of a phone or another app';

INSERT INTO withings.device_model (model_id, name, type) VALUES
    (   1, 'WBS01',                              'Scale'),
    (   2, 'WS30',                               'Scale'),
    (   3, 'Kid Scale',                          'Scale'),
    (   4, 'Smart Body Analyzer',                'Scale'),
    (   5, 'Body+',                              'Scale'),
    (   6, 'Body Cardio',                        'Scale'),
    (   7, 'Body',                               'Scale'),
    (   9, 'Body Pro',                           'Scale'),
    (  10, 'Body Scan',                          'Scale'),
    (  11, 'WBS10',                              'Scale'),
    (  12, 'WBS11',                              'Scale'),
    (  13, 'Body+',                              'Scale'),
    (  18, 'Body Comp',                          'Scale'),
    (  21, 'Smart Baby Monitor',                 'Babyphone'),
    (  22, 'Withings Home',                      'Babyphone'),
    (  41, 'Blood Pressure Monitor V1',          'Blood Pressure Monitor'),
    (  42, 'Blood Pressure Monitor V2',          'Blood Pressure Monitor'),
    (  43, 'Blood Pressure Monitor V3',          'Blood Pressure Monitor'),
    (  44, 'BPM Core',                           'Blood Pressure Monitor'),
    (  45, 'BPM Connect',                        'Blood Pressure Monitor'),
    (  46, 'BPM Connect Pro',                    'Blood Pressure Monitor'),
    (  47, 'BPM Pro 2',                          'Blood Pressure Monitor'),
    (  48, 'BPM Vision',                         'Blood Pressure Monitor'),
    (  51, 'Pulse',                              'Activity Tracker'),
    (  52, 'Activite',                           'Activity Tracker'),
    (  53, 'Activite (Pop, Steel)',              'Activity Tracker'),
    (  54, 'Withings Go',                        'Activity Tracker'),
    (  55, 'Activite Steel HR',                  'Activity Tracker'),
    (  58, 'Pulse HR',                           'Activity Tracker'),
    (  59, 'Activite Steel HR Sport Edition',    'Activity Tracker'),
    (  60, 'Aura Dock',                          'Sleep Monitor'),
    (  61, 'Aura Sensor',                        'Sleep Monitor'),
    (  62, 'Aura Dock',                          'Sleep Monitor'),
    (  63, 'Aura Sensor V2',                     'Sleep Monitor'),
    (  70, 'Thermo',                             'Smart Connected Thermometer'),
    (  71, 'BeamO',                              'Smart Connected Thermometer'),
    (  90, 'Move',                               'Activity Tracker'),
    (  91, 'Move ECG',                           'Activity Tracker'),
    (  92, 'Move ECG',                           'Activity Tracker'),
    (  93, 'ScanWatch',                          'Activity Tracker'),
    (  94, 'ScanWatch 2',                        'Activity Tracker'),
    (  95, 'ScanWatch Light',                    'Activity Tracker'),
    ( 100, 'WUP01',                              'Gateway'),
    (1051, 'iOS step tracker',                   'HealthKit Apple'),
    (1052, 'iOS step tracker',                   'HealthKit Apple'),
    (1053, 'Android step tracker',               'HealthKit Google'),
    (1054, 'Android step tracker',               'HealthKit Google'),
    (1055, 'GoogleFit tracker',                  'HealthKit Google'),
    (1056, 'Samsung Health tracker',             'HealthKit Google'),
    (1057, 'HealthKit step iPhone tracker',      'HealthKit Apple'),
    (1058, 'HealthKit step Apple Watch tracker', 'HealthKit Apple'),
    (1059, 'HealthKit other step tracker',       'HealthKit Apple'),
    (1060, 'Google Health Connect',              'HealthKit Google'),
    (1061, 'Iglucose glucometer',                'iGlucose'),
    (1062, 'Huawei tracker',                     'HealthKit Huawei'),
    (1063, 'Lingo Sensor',                       'Lingo');
