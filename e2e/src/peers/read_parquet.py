"""Read a Parquet file as Arrow reads it and print what is in it as one line of JSON."""

import json
import sys

import pyarrow.compute as compute
import pyarrow.parquet as parquet

path = sys.argv[1]
table = parquet.read_table(path)
meta = parquet.ParquetFile(path).metadata
times = table["time"].cast("int64").to_pylist()
print(
    json.dumps(
        {
            "rows": table.num_rows,
            "row_groups": meta.num_row_groups,
            "schema": {field.name: str(field.type) for field in table.schema},
            "first_us": times[0] if times else None,
            "last_us": times[-1] if times else None,
            "ascending": times == sorted(times),
            "sum": compute.sum(table["value"]).as_py(),
            "nulls": table["value"].null_count,
            "first": json.loads(json.dumps(table.slice(0, 1).to_pylist(), default=str)),
            "last": json.loads(json.dumps(table.slice(table.num_rows - 1, 1).to_pylist(), default=str)) if table.num_rows else [],
        }
    ),
    flush=True,
)
