-- V2__measure_code.sql: what the numbers in a reading stand for.
-- No foreign key leads here: Withings adds codes without notice, and an unknown one is stored and shown as its
-- number. A later migration adds what has become known.

CREATE TABLE withings.measure_type (
    type        integer PRIMARY KEY,
    name        text    NOT NULL UNIQUE,
    unit        text,
    kind        text    NOT NULL,
    description text    NOT NULL,
    CONSTRAINT measure_type_kind CHECK (kind IN ('quantity', 'classification'))
);
COMMENT ON TABLE  withings.measure_type             IS 'The quantities and classifications a measure can be';
COMMENT ON COLUMN withings.measure_type.type        IS 'Code. API: measure getmeas, measuregrps[].measures[].type';
COMMENT ON COLUMN withings.measure_type.name        IS 'Short name, as the views show it';
COMMENT ON COLUMN withings.measure_type.unit        IS 'Unit of withings.measure.value; null for a classification, and where Withings names none';
COMMENT ON COLUMN withings.measure_type.kind        IS 'quantity (a number with a unit) or classification (a code)';
COMMENT ON COLUMN withings.measure_type.description IS 'What is measured';

INSERT INTO withings.measure_type (type, name, unit, kind, description) VALUES
    (  1, 'weight',                            'kg',        'quantity',       'Body weight'),
    (  4, 'height',                            'm',         'quantity',       'Body height'),
    (  5, 'fat_free_mass',                     'kg',        'quantity',       'Body weight without its fat'),
    (  6, 'fat_ratio',                         '%',         'quantity',       'Share of fat in the body weight'),
    (  8, 'fat_mass',                          'kg',        'quantity',       'Weight of the body fat'),
    (  9, 'diastolic_blood_pressure',          'mmHg',      'quantity',       'Blood pressure between two beats, the lower number'),
    ( 10, 'systolic_blood_pressure',           'mmHg',      'quantity',       'Blood pressure at a beat, the higher number'),
    ( 11, 'heart_pulse',                       'bpm',       'quantity',       'Heart rate taken along with a blood pressure or a weighing'),
    ( 12, 'temperature',                       '°C',        'quantity',       'Temperature, place not told'),
    ( 54, 'spo2',                              '%',         'quantity',       'Oxygen saturation of the blood, measured at the skin'),
    ( 71, 'body_temperature',                  '°C',        'quantity',       'Temperature of the body'),
    ( 73, 'skin_temperature',                  '°C',        'quantity',       'Temperature at the surface of the skin'),
    ( 76, 'muscle_mass',                       'kg',        'quantity',       'Weight of the muscles'),
    ( 77, 'hydration',                         'kg',        'quantity',       'Weight of the water in the body'),
    ( 88, 'bone_mass',                         'kg',        'quantity',       'Weight of the bones'),
    ( 91, 'pulse_wave_velocity',               'm/s',       'quantity',       'Speed of the pulse along the arteries; rises as they stiffen'),
    (123, 'vo2_max',                           'ml/min/kg', 'quantity',       'Most oxygen the body can take up, per minute and kg of weight; an estimate'),
    (130, 'afib_ecg',                          NULL,        'classification', 'Atrial fibrillation as read from an ECG: a code of afib_class'),
    (135, 'qrs_interval',                      'ms',        'quantity',       'Length of the QRS complex in an ECG'),
    (136, 'pr_interval',                       'ms',        'quantity',       'Length of the PR interval in an ECG'),
    (137, 'qt_interval',                       'ms',        'quantity',       'Length of the QT interval in an ECG'),
    (138, 'qtc_interval',                      'ms',        'quantity',       'Length of the QT interval in an ECG, corrected for heart rate'),
    (139, 'afib_ppg',                          NULL,        'classification', 'Atrial fibrillation as read from the optical pulse signal: a code of afib_class'),
    (155, 'vascular_age',                      'years',     'quantity',       'Age at which such arteries are usual'),
    (158, 'nerve_health_left_foot',            NULL,        'quantity',       'Nerve health score of the left foot, from skin conductance; Withings names no unit'),
    (159, 'nerve_health_right_foot',           NULL,        'quantity',       'Nerve health score of the right foot, from skin conductance; Withings names no unit'),
    (167, 'nerve_health_feet',                 NULL,        'quantity',       'Nerve health score of both feet, from skin conductance; Withings names no unit'),
    (168, 'extracellular_water',               'kg',        'quantity',       'Weight of the body water outside the cells'),
    (169, 'intracellular_water',               'kg',        'quantity',       'Weight of the body water inside the cells'),
    (170, 'visceral_fat',                      NULL,        'quantity',       'Index of the fat around the organs; has no unit'),
    (173, 'fat_free_mass_segment',             'kg',        'quantity',       'Fat-free mass of one part of the body, named by position'),
    (174, 'fat_mass_segment',                  'kg',        'quantity',       'Fat mass of one part of the body, named by position'),
    (175, 'muscle_mass_segment',               'kg',        'quantity',       'Muscle mass of one part of the body, named by position'),
    (196, 'electrodermal_activity_feet',       NULL,        'quantity',       'Electrodermal activity of both feet; Withings names no unit'),
    (197, 'electrodermal_activity_left_foot',  NULL,        'quantity',       'Electrodermal activity of the left foot; Withings names no unit'),
    (198, 'electrodermal_activity_right_foot', NULL,        'quantity',       'Electrodermal activity of the right foot; Withings names no unit'),
    (226, 'basal_metabolic_rate',              'kcal',      'quantity',       'Energy the body burns at rest in a day; an estimate'),
    (227, 'metabolic_age',                     'years',     'quantity',       'Age at which such a basal metabolic rate is usual'),
    (229, 'electrochemical_skin_conductance',  'µS',        'quantity',       'How well the sweat glands of the skin conduct; falls with nerve damage');

CREATE TABLE withings.measure_position (
    position integer PRIMARY KEY,
    name     text    NOT NULL
);
COMMENT ON TABLE  withings.measure_position          IS 'Where on the body something was measured';
COMMENT ON COLUMN withings.measure_position.position IS 'Code. API: measure getmeas, measuregrps[].measures[].position; heart get, wearposition';
COMMENT ON COLUMN withings.measure_position.name     IS 'Short name, as the views show it';

INSERT INTO withings.measure_position (position, name) VALUES
    ( 0, 'right_wrist'),
    ( 1, 'left_wrist'),
    ( 2, 'right_arm'),
    ( 3, 'left_arm'),
    ( 4, 'right_foot'),
    ( 5, 'left_foot'),
    ( 6, 'between_legs'),
    ( 8, 'left_side'),
    ( 9, 'right_side'),
    (10, 'left_leg'),
    (11, 'right_leg'),
    (12, 'torso'),
    (13, 'left_hand'),
    (14, 'right_hand'),
    (15, 'heart_aortic_area'),
    (16, 'heart_pulmonic_area'),
    (17, 'heart_tricuspid_area'),
    (18, 'heart_mitral_area'),
    (19, 'heart_apex_area'),
    (20, 'lung_front_upper_right'),
    (21, 'lung_front_upper_left'),
    (22, 'lung_front_lower_right'),
    (23, 'lung_front_lower_left'),
    (24, 'lung_back_upper_left'),
    (25, 'lung_back_upper_right'),
    (26, 'lung_back_lower_left'),
    (27, 'lung_back_lower_right'),
    (28, 'wide_mode_area'),
    (29, 'between_arms'),
    (30, 'hold_right'),
    (31, 'hold_left');

CREATE TABLE withings.attribution (
    attribution integer PRIMARY KEY,
    name        text    NOT NULL,
    origin      text    NOT NULL,
    description text    NOT NULL,
    CONSTRAINT attribution_origin CHECK (origin IN ('device', 'manual', 'ambiguous'))
);
COMMENT ON TABLE  withings.attribution             IS 'How a reading or workout came to be this persons';
COMMENT ON COLUMN withings.attribution.attribution IS 'Code. API: attrib of measure getmeas and getworkouts';
COMMENT ON COLUMN withings.attribution.name        IS 'Short name';
COMMENT ON COLUMN withings.attribution.origin      IS 'What the views show: device, manual or ambiguous';
COMMENT ON COLUMN withings.attribution.description IS 'What it means';

INSERT INTO withings.attribution (attribution, name, origin, description) VALUES
    ( 0, 'device',              'device',    'Measured by a device, and surely of this person'),
    ( 1, 'device_ambiguous',    'ambiguous', 'Measured by a device that others use too: may be of someone else'),
    ( 2, 'manual',              'manual',    'Typed in by the person'),
    ( 4, 'manual_at_creation',  'manual',    'Typed in when the account was made; often a guess'),
    ( 5, 'device_mean',         'device',    'Worked out by a blood pressure monitor from several readings in a row'),
    ( 7, 'device_confirmed',    'device',    'Detected by a device and confirmed by the person'),
    ( 8, 'device_same',         'device',    'Means the same as 0'),
    (15, 'device_guided',       'device',    'Measured by a device under guidance, as for the nerve health score'),
    (17, 'device_guided_other', 'device',    'Measured by a device under guidance, another protocol');

CREATE TABLE withings.afib_class (
    afib        integer PRIMARY KEY,
    name        text    NOT NULL,
    description text    NOT NULL
);
COMMENT ON TABLE  withings.afib_class             IS 'What an atrial fibrillation check can find';
COMMENT ON COLUMN withings.afib_class.afib        IS 'Code. API: heart list, series[].ecg.afib; values of measure types 130 and 139';
COMMENT ON COLUMN withings.afib_class.name        IS 'Short name';
COMMENT ON COLUMN withings.afib_class.description IS 'What it means';

INSERT INTO withings.afib_class (afib, name, description) VALUES
    ( 0, 'negative',           'No sign of atrial fibrillation'),
    ( 1, 'positive',           'Signs of atrial fibrillation'),
    ( 2, 'inconclusive',       'The recording does not decide it'),
    ( 3, 'no_signal',          'Nothing was recorded'),
    ( 4, 'other',              'Another rhythm, or none of the other classes'),
    ( 5, 'noise',              'Too disturbed to read'),
    ( 6, 'low_heart_rate',     'Heart too slow to decide'),
    ( 7, 'high_heart_rate',    'Heart too fast to decide'),
    ( 8, 'inconclusive_us',    'Undecided under the rules for the United States'),
    ( 9, 'negative_normal_hr', 'No sign of atrial fibrillation, heart rate normal'),
    (10, 'negative_high_hr',   'No sign of atrial fibrillation, heart rate high'),
    (11, 'positive_normal_hr', 'Signs of atrial fibrillation, heart rate normal'),
    (12, 'positive_high_hr',   'Signs of atrial fibrillation, heart rate high'),
    (13, 'no_diagnosis',       'No classification was made');
