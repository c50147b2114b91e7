"""infer_cases CASES: prints, for each case of a JSON file, the schema that bigquery-schema-generator makes of its rows, or null.

With {"keep_nulls": ..., "quoted_values_are_strings": ...} as they are given in the file.
"""

import io
import json
import logging
import sys

from bigquery_schema_generator.generate_schema import SchemaGenerator

logging.disable(logging.CRITICAL)
with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
schemas = []
for rows in cases["cases"]:
    generator = SchemaGenerator(input_format="json", **cases["options"])
    try:
        schema_map, _ = generator.deduce_schema(io.StringIO("\n".join(rows)))
        schemas.append(generator.flatten_schema(schema_map))
    except Exception:
        schemas.append(None)
json.dump(schemas, sys.stdout)
