// What a user would write with an npm library and a driver: a page at a time, one INSERT of many rows that overwrites what is
// there. The same rows in the same tables as ours; no cursor, no record of what changed, and each field taken as it comes.
//
//   node sync.mjs API_URL DATABASE_URL PEOPLE AT_ONCE [SINCE]    SINCE in epoch seconds, for what changed since then

import pg from 'pg';
import { WithingsClient } from 'withings-node-oauth2';

const [api, database, people, atOnce, since] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: database, max: Number(atOnce) });
const PAGE = 100;
const TRAILING_S = 30 * 86_400;

const time = (seconds) => new Date(seconds * 1000);
const formats = new Map();
const day = (seconds, timezone) => {
    if (!formats.has(timezone)) {
        formats.set(timezone, new Intl.DateTimeFormat('sv-SE', { timeZone: timezone }));
    }
    return formats.get(timezone).format(time(seconds));
};
const scaled = ({ value, unit }) => (unit < 0 ? (value / 10 ** -unit).toFixed(-unit) : String(value * 10 ** unit));

async function upsert(client, table, key, rows) {
    if (rows.length === 0) {
        return;
    }
    const columns = Object.keys(rows[0]);
    const values = [];
    const tuples = rows.map((row) => `(${columns.map((column) => `$${values.push(row[column] ?? null)}`).join(', ')})`);
    const others = columns.filter((column) => !key.includes(column));
    await client.query(
        `INSERT INTO withings.${table} (${columns.join(', ')}) VALUES ${tuples.join(', ')} ON CONFLICT (${key.join(', ')}) DO `
            + (others.length === 0
                ? 'NOTHING'
                : `UPDATE SET synced_at = now(), ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`),
        values,
    );
}

const group = (user_id, g) => ({
    user_id, group_id: g.grpid, measured_at: time(g.date), day: day(g.date, g.timezone), timezone: g.timezone,
    attribution: g.attrib, category: g.category, device_id: g.deviceid, model: g.model, model_id: g.modelid,
    created_at: time(g.created), modified_at: time(g.modified),
});

const measures = (user_id, g) => g.measures.map((m) => ({
    user_id, group_id: g.grpid, type: m.type, position: m.position ?? -1, value: scaled(m), measured_at: time(g.date),
    algo: m.algo, fm: m.fm,
}));

const activity = (user_id, a) => ({
    user_id, day: a.date, timezone: a.timezone, steps: a.steps, distance_m: a.distance, floors: a.elevation, soft_s: a.soft,
    moderate_s: a.moderate, intense_s: a.intense, active_s: a.active, active_kcal: a.calories, total_kcal: a.totalcalories,
    hr_average: a.hr_average, hr_min: a.hr_min, hr_max: a.hr_max, hr_zone_0_s: a.hr_zone_0, hr_zone_1_s: a.hr_zone_1,
    hr_zone_2_s: a.hr_zone_2, hr_zone_3_s: a.hr_zone_3, brand: a.brand, is_tracker: a.is_tracker, device_id: a.deviceid,
    model: a.model, model_id: a.modelid, modified_at: time(a.modified),
});

const workout = (user_id, w) => ({
    user_id, workout_id: w.id, category: w.category, started_at: time(w.startdate), ended_at: time(w.enddate), day: w.date,
    timezone: w.timezone, attribution: w.attrib, device_id: w.deviceid, model: w.model, model_id: w.model,
    active_kcal: w.data.calories || null, manual_kcal: w.data.manual_calories || null, distance_m: w.data.distance,
    manual_distance_m: w.data.manual_distance, steps: w.data.steps, floors: w.data.elevation, intensity: w.data.intensity,
    hr_average: w.data.hr_average, hr_min: w.data.hr_min, hr_max: w.data.hr_max, hr_zone_0_s: w.data.hr_zone_0,
    hr_zone_1_s: w.data.hr_zone_1, hr_zone_2_s: w.data.hr_zone_2, hr_zone_3_s: w.data.hr_zone_3,
    pause_s: w.data.pause_duration, algo_pause_s: w.data.algo_pause_duration, spo2_average_pct: w.data.spo2_average,
    modified_at: time(w.modified),
});

const night = (user_id, { data, ...n }) => ({
    user_id, sleep_id: n.id, started_at: time(n.startdate), ended_at: time(n.enddate), day: n.date, timezone: n.timezone,
    source: n.model, model_id: n.model_id, device_id: n.hash_deviceid, completed: n.completed,
    time_in_bed_s: data.total_timeinbed, asleep_s: data.total_sleep_time, light_s: data.lightsleepduration,
    deep_s: data.deepsleepduration, rem_s: data.remsleepduration, awake_s: data.wakeupduration,
    latency_s: data.sleep_latency, wakeup_latency_s: data.wakeup_latency, duration_to_sleep_s: data.durationtosleep,
    duration_to_wakeup_s: data.durationtowakeup, waso_s: data.waso, efficiency: data.sleep_efficiency,
    wakeup_count: data.wakeupcount, out_of_bed_count: data.out_of_bed_count, rem_episodes: data.nb_rem_episodes,
    hr_average: data.hr_average, hr_min: data.hr_min, hr_max: data.hr_max, respiration_average: data.rr_average,
    respiration_min: data.rr_min, respiration_max: data.rr_max, snoring_s: data.snoring,
    snoring_episodes: data.snoringepisodecount, score: data.sleep_score, apnea_hypopnea_index: data.apnea_hypopnea_index,
    breathing_disturbances: data.breathing_disturbances_intensity, movement_score_avg: data.mvt_score_avg,
    movement_active_s: data.mvt_active_duration, rmssd_start_avg_ms: data.rmssd_start_avg,
    rmssd_end_avg_ms: data.rmssd_end_avg, breathing_sounds_s: data.breathing_sounds,
    breathing_sounds_episodes: data.breathing_sounds_episode_count, created_at: time(n.created),
    modified_at: time(n.modified),
});

const events = (user_id, n) => Object.entries(n.data.night_events ?? {}).flatMap(([event, offsets]) =>
    offsets.map((offset) => ({ user_id, sleep_id: n.id, event, occurred_at: time(n.startdate + offset) })));

const heart = (user_id, h) => ({
    user_id, recorded_at: time(h.timestamp), device_id: h.deviceid ?? '', heart_rate: h.heart_rate, afib: h.ecg?.afib,
    systolic: h.bloodpressure?.systole, diastolic: h.bloodpressure?.diastole, ecg_signal_id: h.ecg?.signalid, model: h.model,
    model_id: h.model, day: day(h.timestamp, h.timezone), timezone: h.timezone, modified_at: time(h.modified),
});

async function inPages(rows, write) {
    let page = [];
    for await (const row of rows) {
        page.push(row);
        if (page.length === PAGE) {
            await write(page);
            page = [];
        }
    }
    await write(page);
}

async function sync(userId) {
    const withings = new WithingsClient({
        clientId: 'bench',
        clientSecret: 'bench',
        callbackURL: 'http://localhost/callback',
        tokens: { accessToken: `access-${userId}`, refreshToken: `refresh-${userId}`, expiresAt: Date.now() + 10_000_000 },
        fetch: (url, init) => fetch(url.replace('https://wbsapi.withings.net', api), init),
    });
    const client = await pool.connect();
    const write = (table, key, row) => (page) => upsert(client, table, key, page.flatMap((one) => row(userId, one)));
    const changes = since ? { from: '2000-01-01', lastUpdate: Number(since) } : { from: '2000-01-01' };
    try {
        await inPages(withings.measures.paginate(since ? { lastUpdate: Number(since) } : {}), async (page) => {
            await write('measure_group', ['user_id', 'group_id'], group)(page);
            await write('measure', ['user_id', 'group_id', 'type', 'position'], measures)(page);
        });
        await inPages(withings.activity.paginate(changes), write('activity_day', ['user_id', 'day'], activity));
        await inPages(withings.workouts.paginate(changes), write('workout', ['user_id', 'workout_id'], workout));
        await inPages(withings.sleep.paginate(changes), async (page) => {
            await write('sleep_summary', ['user_id', 'sleep_id'], night)(page);
            await write('sleep_event', ['user_id', 'sleep_id', 'event', 'occurred_at'], events)(page);
        });
        await inPages(
            withings.heart.paginate(since ? { from: Number(since) - TRAILING_S } : {}),
            write('heart_record', ['user_id', 'recorded_at', 'device_id'], heart),
        );
    } finally {
        client.release();
    }
}

let next = 1;
await Promise.all(Array.from({ length: Number(atOnce) }, async () => {
    while (next <= Number(people)) {
        await sync(next++);
    }
}));
await pool.end();
