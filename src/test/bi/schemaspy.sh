#!/usr/bin/env bash
# Lets SchemaSpy describe both schemas by JDBC, and counts what it found in its own file.
set -euo pipefail
folder=$1/schemaspy lib=$2 expected=$3
rm -rf "$folder"
for schema in analytics withings; do
    "${JAVA_HOME:+$JAVA_HOME/bin/}java" -jar "$SCHEMASPY" -t pgsql11 -dp "$(ls "$lib"/postgresql-*.jar)" -host "$BI_HOST" -port "$BI_PORT" \
        -db "$BI_DATABASE" -s "$schema" -cat % -u "$BI_USER" ${PGPASSWORD:+-p "$PGPASSWORD"} -o "$folder/$schema" -noimplied >&2
    "${PYTHON:-python3}" - "$schema" "$folder/$schema" "$expected" <<'P'
import glob, sys
from xml.etree import ElementTree
schema, folder, expected = sys.argv[1:4]
root = ElementTree.parse(glob.glob(folder + "/*.xml")[0])
for table in root.iter("table"):
    columns = table.findall("column")
    odd = [f"{len([c for c in columns if not c.get('remarks')])} columns without a remark"] if any(not c.get("remarks") for c in columns) else []
    bare = [c.get("name") for c in columns if c.get("type") == "numeric" and int(c.get("size")) > 38 and schema == "analytics"]
    odd += [f"bare numeric: {', '.join(bare)}"] if bare else []
    keys, parents = len(table.findall("primaryKey")), len(table.findall("column/parent"))
    print("schemaspy", ("" if schema == "analytics" else schema + ".") + table.get("name"), len(columns), "–",
          "; ".join(odd) or (f"key of {keys}, {parents} references" if schema == "withings" else ""), sep="\t")
P
done
