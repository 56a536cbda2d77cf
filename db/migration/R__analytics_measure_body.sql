-- R__analytics_measure_body.sql: what a weighing says of the body.
-- Columns are only ever appended, so nobody's own views break. Runs after R__analytics_measure, by its name.

-- A scale tells one weighing in several groups of the same second (weight first, then what the current through the body
-- said). What was told twice counts as told last: by the highest number of its group, which the pair begins with.
CREATE OR REPLACE VIEW analytics.body_composition AS
SELECT
    user_id,
    ref,
    day,
    measured_at,
    analytics.local_time(measured_at, timezone) AS local_started_at,
    origin,
    device_id,
    model,
    (CASE WHEN abs(weight_kg) < 1e4 THEN weight_kg END)::numeric(8, 3) AS weight_kg,
    (CASE WHEN abs(fat_ratio_pct) < 1e2 THEN fat_ratio_pct END)::numeric(6, 3) AS fat_ratio_pct,
    (CASE WHEN abs(fat_mass_kg) < 1e4 THEN fat_mass_kg END)::numeric(8, 3) AS fat_mass_kg,
    (CASE WHEN abs(fat_free_mass_kg) < 1e4 THEN fat_free_mass_kg END)::numeric(8, 3) AS fat_free_mass_kg,
    (CASE WHEN abs(muscle_mass_kg) < 1e4 THEN muscle_mass_kg END)::numeric(8, 3) AS muscle_mass_kg,
    (CASE WHEN abs(bone_mass_kg) < 1e4 THEN bone_mass_kg END)::numeric(8, 3) AS bone_mass_kg,
    (CASE WHEN abs(hydration_kg) < 1e4 THEN hydration_kg END)::numeric(8, 3) AS hydration_kg,
    (CASE WHEN abs(extracellular_water_kg) < 1e4 THEN extracellular_water_kg END)::numeric(8, 3) AS extracellular_water_kg,
    (CASE WHEN abs(intracellular_water_kg) < 1e4 THEN intracellular_water_kg END)::numeric(8, 3) AS intracellular_water_kg,
    (CASE WHEN abs(visceral_fat) < 1e4 THEN visceral_fat END)::numeric(8, 3) AS visceral_fat,
    (CASE WHEN abs(basal_metabolic_rate_kcal) < 1e5 THEN basal_metabolic_rate_kcal END)::numeric(8, 2) AS basal_metabolic_rate_kcal,
    (CASE WHEN abs(metabolic_age_years) < 1e3 THEN metabolic_age_years END)::numeric(6, 2) AS metabolic_age_years,
    (CASE WHEN abs(heart_rate) < 1e3 THEN heart_rate END)::numeric(6, 2) AS heart_rate,
    (CASE WHEN abs(pulse_wave_velocity_m_s) < 1e3 THEN pulse_wave_velocity_m_s END)::numeric(8, 4) AS pulse_wave_velocity_m_s,
    (CASE WHEN abs(vascular_age_years) < 1e3 THEN vascular_age_years END)::numeric(6, 2) AS vascular_age_years,
    (CASE WHEN abs(nerve_health_left_foot) < 1e4 THEN nerve_health_left_foot END)::numeric(8, 3) AS nerve_health_left_foot,
    (CASE WHEN abs(nerve_health_right_foot) < 1e4 THEN nerve_health_right_foot END)::numeric(8, 3) AS nerve_health_right_foot,
    (CASE WHEN abs(nerve_health_feet) < 1e4 THEN nerve_health_feet END)::numeric(8, 3) AS nerve_health_feet,
    (CASE WHEN abs(electrodermal_activity_left_foot) < 1e4 THEN electrodermal_activity_left_foot END)::numeric(8, 3) AS electrodermal_activity_left_foot,
    (CASE WHEN abs(electrodermal_activity_right_foot) < 1e4 THEN electrodermal_activity_right_foot END)::numeric(8, 3) AS electrodermal_activity_right_foot,
    (CASE WHEN abs(electrodermal_activity_feet) < 1e4 THEN electrodermal_activity_feet END)::numeric(8, 3) AS electrodermal_activity_feet,
    (CASE WHEN abs(electrochemical_skin_conductance_us) < 1e4 THEN electrochemical_skin_conductance_us END)::numeric(8, 3) AS electrochemical_skin_conductance_us,
    (CASE WHEN abs(fat_mass_left_arm_kg) < 1e4 THEN fat_mass_left_arm_kg END)::numeric(8, 3) AS fat_mass_left_arm_kg,
    (CASE WHEN abs(fat_mass_right_arm_kg) < 1e4 THEN fat_mass_right_arm_kg END)::numeric(8, 3) AS fat_mass_right_arm_kg,
    (CASE WHEN abs(fat_mass_left_leg_kg) < 1e4 THEN fat_mass_left_leg_kg END)::numeric(8, 3) AS fat_mass_left_leg_kg,
    (CASE WHEN abs(fat_mass_right_leg_kg) < 1e4 THEN fat_mass_right_leg_kg END)::numeric(8, 3) AS fat_mass_right_leg_kg,
    (CASE WHEN abs(fat_mass_torso_kg) < 1e4 THEN fat_mass_torso_kg END)::numeric(8, 3) AS fat_mass_torso_kg,
    (CASE WHEN abs(fat_free_mass_left_arm_kg) < 1e4 THEN fat_free_mass_left_arm_kg END)::numeric(8, 3) AS fat_free_mass_left_arm_kg,
    (CASE WHEN abs(fat_free_mass_right_arm_kg) < 1e4 THEN fat_free_mass_right_arm_kg END)::numeric(8, 3) AS fat_free_mass_right_arm_kg,
    (CASE WHEN abs(fat_free_mass_left_leg_kg) < 1e4 THEN fat_free_mass_left_leg_kg END)::numeric(8, 3) AS fat_free_mass_left_leg_kg,
    (CASE WHEN abs(fat_free_mass_right_leg_kg) < 1e4 THEN fat_free_mass_right_leg_kg END)::numeric(8, 3) AS fat_free_mass_right_leg_kg,
    (CASE WHEN abs(fat_free_mass_torso_kg) < 1e4 THEN fat_free_mass_torso_kg END)::numeric(8, 3) AS fat_free_mass_torso_kg,
    (CASE WHEN abs(muscle_mass_left_arm_kg) < 1e4 THEN muscle_mass_left_arm_kg END)::numeric(8, 3) AS muscle_mass_left_arm_kg,
    (CASE WHEN abs(muscle_mass_right_arm_kg) < 1e4 THEN muscle_mass_right_arm_kg END)::numeric(8, 3) AS muscle_mass_right_arm_kg,
    (CASE WHEN abs(muscle_mass_left_leg_kg) < 1e4 THEN muscle_mass_left_leg_kg END)::numeric(8, 3) AS muscle_mass_left_leg_kg,
    (CASE WHEN abs(muscle_mass_right_leg_kg) < 1e4 THEN muscle_mass_right_leg_kg END)::numeric(8, 3) AS muscle_mass_right_leg_kg,
    (CASE WHEN abs(muscle_mass_torso_kg) < 1e4 THEN muscle_mass_torso_kg END)::numeric(8, 3) AS muscle_mass_torso_kg
FROM (
    SELECT
        user_id,
        ref,
        day,
        measured_at,
        timezone,
        origin,
        device_id,
        max(model) AS model,
        bool_or(type NOT IN (11, 91, 155, 158, 159, 167, 196, 197, 198, 229)) AS is_weighing,
        (max(told) FILTER (WHERE type = 1))[2] AS weight_kg,
        (max(told) FILTER (WHERE type = 6))[2] AS fat_ratio_pct,
        (max(told) FILTER (WHERE type = 8))[2] AS fat_mass_kg,
        (max(told) FILTER (WHERE type = 5))[2] AS fat_free_mass_kg,
        (max(told) FILTER (WHERE type = 76))[2] AS muscle_mass_kg,
        (max(told) FILTER (WHERE type = 88))[2] AS bone_mass_kg,
        (max(told) FILTER (WHERE type = 77))[2] AS hydration_kg,
        (max(told) FILTER (WHERE type = 168))[2] AS extracellular_water_kg,
        (max(told) FILTER (WHERE type = 169))[2] AS intracellular_water_kg,
        (max(told) FILTER (WHERE type = 170))[2] AS visceral_fat,
        (max(told) FILTER (WHERE type = 226))[2] AS basal_metabolic_rate_kcal,
        (max(told) FILTER (WHERE type = 227))[2] AS metabolic_age_years,
        (max(told) FILTER (WHERE type = 11))[2] AS heart_rate,
        (max(told) FILTER (WHERE type = 91))[2] AS pulse_wave_velocity_m_s,
        (max(told) FILTER (WHERE type = 155))[2] AS vascular_age_years,
        (max(told) FILTER (WHERE type = 158))[2] AS nerve_health_left_foot,
        (max(told) FILTER (WHERE type = 159))[2] AS nerve_health_right_foot,
        (max(told) FILTER (WHERE type = 167))[2] AS nerve_health_feet,
        (max(told) FILTER (WHERE type = 197))[2] AS electrodermal_activity_left_foot,
        (max(told) FILTER (WHERE type = 198))[2] AS electrodermal_activity_right_foot,
        (max(told) FILTER (WHERE type = 196))[2] AS electrodermal_activity_feet,
        (max(told) FILTER (WHERE type = 229))[2] AS electrochemical_skin_conductance_us,
        (max(told) FILTER (WHERE type = 174 AND position = 3))[2] AS fat_mass_left_arm_kg,
        (max(told) FILTER (WHERE type = 174 AND position = 2))[2] AS fat_mass_right_arm_kg,
        (max(told) FILTER (WHERE type = 174 AND position = 10))[2] AS fat_mass_left_leg_kg,
        (max(told) FILTER (WHERE type = 174 AND position = 11))[2] AS fat_mass_right_leg_kg,
        (max(told) FILTER (WHERE type = 174 AND position = 12))[2] AS fat_mass_torso_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 3))[2] AS fat_free_mass_left_arm_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 2))[2] AS fat_free_mass_right_arm_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 10))[2] AS fat_free_mass_left_leg_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 11))[2] AS fat_free_mass_right_leg_kg,
        (max(told) FILTER (WHERE type = 173 AND position = 12))[2] AS fat_free_mass_torso_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 3))[2] AS muscle_mass_left_arm_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 2))[2] AS muscle_mass_right_arm_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 10))[2] AS muscle_mass_left_leg_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 11))[2] AS muscle_mass_right_leg_kg,
        (max(told) FILTER (WHERE type = 175 AND position = 12))[2] AS muscle_mass_torso_kg
    FROM (
        SELECT user_id, ref, day, measured_at, timezone, origin, device_id, model, type, position,
            ARRAY[group_id, value] AS told
        FROM analytics.measure
        WHERE type IN (1, 5, 6, 8, 11, 76, 77, 88, 91, 155, 158, 159, 167,
            168, 169, 170, 173, 174, 175, 196, 197, 198, 226, 227, 229)
    ) m
    GROUP BY user_id, ref, day, measured_at, timezone, origin, device_id
) weighing
WHERE is_weighing;
COMMENT ON VIEW   analytics.body_composition                                     IS 'Every weighing, one row each with a column per quantity. A weighing is what one device told of one instant, however many readings it came in; of a quantity told twice, the later reading counts. What scales also measure (pulse, arteries, feet) is here only along with a weight or a part of it';
COMMENT ON COLUMN analytics.body_composition.user_id                             IS 'The person: Withings userid';
COMMENT ON COLUMN analytics.body_composition.ref                                 IS 'The owner''s own name for this person; null if none was given';
COMMENT ON COLUMN analytics.body_composition.day                                 IS 'Local calendar date of the weighing';
COMMENT ON COLUMN analytics.body_composition.measured_at                         IS 'When it was measured';
COMMENT ON COLUMN analytics.body_composition.local_started_at                    IS 'Local wall time of the weighing, in its own timezone; UTC where that is not told';
COMMENT ON COLUMN analytics.body_composition.origin                              IS 'device, manual, imported (by a phone or another app) or ambiguous (may be of someone else); null for an attribution yet unknown';
COMMENT ON COLUMN analytics.body_composition.device_id                           IS 'The device; null when the API names none';
COMMENT ON COLUMN analytics.body_composition.model                               IS 'Product name of the device; null when not told';
COMMENT ON COLUMN analytics.body_composition.weight_kg                           IS 'Body weight, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_ratio_pct                       IS 'Share of fat in the body weight, %; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_kg                         IS 'Body fat, kg. With fat_free_mass_kg it makes up weight_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_kg                    IS 'Body weight without its fat, kg: muscles, bones and what is left; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_kg                      IS 'Muscles, kg; a part of fat_free_mass_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.bone_mass_kg                        IS 'Bones, kg; a part of fat_free_mass_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.hydration_kg                        IS 'Water in the body, kg. It is inside the other masses, most of all the muscles: never add it to them; null when not measured';
COMMENT ON COLUMN analytics.body_composition.extracellular_water_kg              IS 'Body water outside the cells, kg; a part of hydration_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.intracellular_water_kg              IS 'Body water inside the cells, kg; a part of hydration_kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.visceral_fat                        IS 'Index of the fat around the organs; has no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.basal_metabolic_rate_kcal           IS 'Energy the body burns at rest in a day, kcal; an estimate; null when not measured';
COMMENT ON COLUMN analytics.body_composition.metabolic_age_years                 IS 'Age at which such a basal metabolic rate is usual, years; null when not measured';
COMMENT ON COLUMN analytics.body_composition.heart_rate                          IS 'Heart rate while standing on the scale, bpm; null when not measured';
COMMENT ON COLUMN analytics.body_composition.pulse_wave_velocity_m_s             IS 'Speed of the pulse along the arteries, m/s; null when not measured';
COMMENT ON COLUMN analytics.body_composition.vascular_age_years                  IS 'Age at which such arteries are usual, years; null when not measured';
COMMENT ON COLUMN analytics.body_composition.nerve_health_left_foot              IS 'Nerve health score of the left foot; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.nerve_health_right_foot             IS 'Nerve health score of the right foot; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.nerve_health_feet                   IS 'Nerve health score of both feet; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.electrodermal_activity_left_foot    IS 'Electrodermal activity of the left foot; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.electrodermal_activity_right_foot   IS 'Electrodermal activity of the right foot; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.electrodermal_activity_feet         IS 'Electrodermal activity of both feet; Withings names no unit; null when not measured';
COMMENT ON COLUMN analytics.body_composition.electrochemical_skin_conductance_us IS 'How well the sweat glands of the skin conduct, µS; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_left_arm_kg                IS 'Fat of the left arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_right_arm_kg               IS 'Fat of the right arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_left_leg_kg                IS 'Fat of the left leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_right_leg_kg               IS 'Fat of the right leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_mass_torso_kg                   IS 'Fat of the torso, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_left_arm_kg           IS 'Fat-free mass of the left arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_right_arm_kg          IS 'Fat-free mass of the right arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_left_leg_kg           IS 'Fat-free mass of the left leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_right_leg_kg          IS 'Fat-free mass of the right leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.fat_free_mass_torso_kg              IS 'Fat-free mass of the torso, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_left_arm_kg             IS 'Muscles of the left arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_right_arm_kg            IS 'Muscles of the right arm, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_left_leg_kg             IS 'Muscles of the left leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_right_leg_kg            IS 'Muscles of the right leg, kg; null when not measured';
COMMENT ON COLUMN analytics.body_composition.muscle_mass_torso_kg                IS 'Muscles of the torso, kg; null when not measured';
