-- V29__measure_code_standard.sql: what measures are called elsewhere, so that one query feeds a FHIR or OMOP load.
-- Only codes that are sure: lists in public are full of altered digits. Null says "look it up", never "there is none".
-- One subcommand for each statement, as a distributed table takes it.

ALTER TABLE withings.measure_type ADD COLUMN loinc text;
ALTER TABLE withings.measure_type ADD COLUMN ucum text;
ALTER TABLE withings.measure_type ADD CONSTRAINT measure_type_loinc CHECK (loinc ~ '^[0-9]{3,7}-[0-9]$');
COMMENT ON COLUMN withings.measure_type.loinc IS 'LOINC code of what is measured; null where none is sure';
COMMENT ON COLUMN withings.measure_type.ucum  IS 'Unit of withings.measure.value as a UCUM code; null for a classification, and where Withings names no unit';

UPDATE withings.measure_type t
SET loinc = c.loinc
FROM (VALUES
    ( 1, '29463-7'), -- body weight
    ( 4, '8302-2'),  -- body height
    ( 6, '41982-0'), -- percentage of body fat
    ( 9, '8462-4'),  -- diastolic blood pressure
    (10, '8480-6'),  -- systolic blood pressure
    (11, '8867-4'),  -- heart rate
    (54, '59408-5'), -- oxygen saturation by pulse oximetry
    (71, '8310-5')   -- body temperature
) AS c (type, loinc)
WHERE c.type = t.type;

UPDATE withings.measure_type t
SET ucum = c.ucum
FROM (VALUES
    ('kg', 'kg'), ('m', 'm'), ('%', '%'), ('mmHg', 'mm[Hg]'), ('bpm', '/min'), ('°C', 'Cel'), ('m/s', 'm/s'),
    ('ml/min/kg', 'mL/min/kg'), ('ms', 'ms'), ('years', 'a'), ('kcal', 'kcal'), ('µS', 'uS')
) AS c (unit, ucum)
WHERE c.unit = t.unit;
