"""Reads every view with pandas or through ODBC, and tells what came otherwise than the database says."""

import os
import sys
from collections import defaultdict
from datetime import date, datetime, timezone
from decimal import Decimal

tool, expected_file = sys.argv[1:3]


def expected():
    views = defaultdict(list)
    with open(expected_file, encoding="utf-8") as lines:
        for line in lines:
            view, column, kind, values, low, high, rows = line.rstrip("\n").split("\t")
            views[view].append((column, kind, int(values), low, high, int(rows)))
    return views


def pandas_reader(exact):
    import pandas
    import sqlalchemy

    engine = sqlalchemy.create_engine(os.environ["BI_URL"].replace("postgres://", "postgresql+psycopg2://"))

    def read(view):
        frame = pandas.read_sql(f"SELECT * FROM analytics.{view}", engine, coerce_float=not exact)
        columns = {}
        for name in frame.columns:
            columns[name] = [None if pandas.isna(value) else value for value in frame[name].tolist()]
        return columns, len(frame)

    return read


def odbc_reader():
    import pyodbc

    driver = next(d for d in pyodbc.drivers() if d == "PostgreSQL Unicode")
    env = os.environ
    connection = pyodbc.connect(
        f"Driver={{{driver}}};Server={env['BI_HOST']};Port={env['BI_PORT']};Database={env['BI_DATABASE']};"
        f"UID={env['BI_USER']};PWD={env.get('PGPASSWORD', '')};BoolsAsChar=0"
    )

    def read(view):
        cursor = connection.cursor().execute(f"SELECT * FROM analytics.{view}")
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
        return {name: [row[i] for row in rows] for i, name in enumerate(names)}, len(rows)

    return read


def as_text(value, kind):
    if isinstance(value, datetime):
        if kind == "timestamp with time zone":
            value = value.astimezone(timezone.utc) if value.tzinfo else value
            return value.strftime("%Y-%m-%d %H:%M:%S") + (f".{value.microsecond:06d}".rstrip("0") if value.microsecond else "") + "+00"
        return value.strftime("%Y-%m-%d %H:%M:%S") + (f".{value.microsecond:06d}".rstrip("0") if value.microsecond else "")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def oddity(kind, values, count, low, high):
    present = [value for value in values if value is not None]
    if len(present) != count:
        return f"{len(present)} values instead of {count}"
    if not present or kind in ("text", "boolean"):
        return None
    smallest, largest = min(present), max(present)
    told = "/".join(sorted({type(value).__name__ for value in present}))
    if kind.startswith("numeric") or kind in ("integer", "bigint"):
        if float(smallest) != float(low) or float(largest) != float(high):
            return f"{smallest}…{largest} instead of {low}…{high}"
        return f"{kind.split('(')[0]} as {told}" if told == "float" else None
    if (as_text(smallest, kind), as_text(largest, kind)) != (low, high):
        return f"{as_text(smallest, kind)}…{as_text(largest, kind)} instead of {low}…{high}"
    if kind == "date" and any(isinstance(value, datetime) for value in present):
        return f"date as {told}"
    if kind == "timestamp with time zone" and not all(value.tzinfo for value in present):
        return "moment without a zone"
    return None


read = odbc_reader() if tool == "pyodbc" else pandas_reader(tool == "pandas-exact")
for view, wanted in expected().items():
    columns, rows = read(view)
    oddities = defaultdict(list)
    if rows != wanted[0][5]:
        oddities[f"{rows} rows instead of {wanted[0][5]}"].append("")
    for column, kind, count, low, high, _ in wanted:
        if column not in columns:
            oddities["missing"].append(column)
            continue
        odd = oddity(kind, columns[column], count, low, high)
        if odd:
            oddities[odd].append(column)
    told = "; ".join(f"{odd}: {', '.join(names) if len(names) < 4 else str(len(names)) + ' columns'}" for odd, names in oddities.items())
    print(tool, view, len(columns), rows, told, sep="\t")
