// Reads every view with Evidence's own connector, and tells what came otherwise than the database says.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const connector = createRequire(process.env.EVIDENCE + '/')('@evidence-dev/postgres');
const query = await connector.getRunner({
    host: process.env.BI_HOST, port: process.env.BI_PORT, database: process.env.BI_DATABASE, user: process.env.BI_USER,
    password: process.env.PGPASSWORD, ssl: false });

const grouped = (lines) => {
    const groups = new Map();
    for (const line of lines) groups.set(line[0], [...(groups.get(line[0]) ?? []), line]);
    return groups;
};
const expected = readFileSync(process.argv[2], 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));

function odd(kind, values, count, low, high) {
    const present = values.filter((value) => value !== null && value !== undefined);
    if (present.length != count) return `${present.length} values instead of ${count}`;
    if (present.length == 0 || ['text', 'boolean'].includes(kind)) return null;
    const least = present.reduce((a, b) => (b < a ? b : a)), most = present.reduce((a, b) => (b > a ? b : a));
    if (!(least instanceof Date)) {
        if (least != Number(low) || most != Number(high)) return `${least}…${most} instead of ${low}…${high}`;
        return kind.startsWith('numeric') ? 'numeric as double' : kind == 'bigint' ? 'bigint as double' : null;
    }
    // Evidence keeps a Date as the moment it is in UTC, and shows that.
    const told = [least, most].map((moment) => moment.toISOString().replace('T', ' '));
    if (kind == 'date') return told[0].startsWith(low) && told[1].startsWith(high) ? null : 'a day early';
    if (kind == 'timestamp with time zone') return told[0].startsWith(low.slice(0, 19)) ? null : `${told[0]} instead of ${low}`;
    return told[0].startsWith(low.slice(0, 19)) ? null : 'wall time moved by the offset of this machine';
}

for (const [view, columns] of grouped(expected)) {
    const result = await query(`SELECT * FROM analytics.${view}`, `${view}.sql`, 10000);
    const rows = [];
    for await (const batch of result.rows()) rows.push(...batch);
    const oddities = new Map();
    const say = (what, column) => oddities.set(what, [...(oddities.get(what) ?? []), column]);
    if (rows.length != columns[0][6]) say(`${rows.length} rows instead of ${columns[0][6]}`, '');
    for (const [, column, kind, count, low, high] of columns) {
        if (!result.columnTypes.some((one) => one.name == column)) { say('missing', column); continue; }
        const what = odd(kind, rows.map((row) => row[column]), count, low, high);
        if (what) say(what, column);
    }
    const told = [...oddities].map(([what, names]) => `${what}: ${names.length < 4 ? names.join(', ') : names.length + ' columns'}`);
    console.log(['evidence', view, result.columnTypes.length, rows.length, told.join('; ')].join('\t'));
}
process.exit(0);
