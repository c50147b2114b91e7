"""One type's hour from Cloud Storage into BigQuery with Google's Python clients: what a task of one's own would do.

Reads sluice's manifest for the files, loads them into a table of its own, replaces the hour in one transaction.
Simpler than sluice: no gate, no ledger, no fence, no explanation of refused rows.
"""
import json
import os
import sys
import uuid

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, storage

hour, log_type, bucket_name, prefix, dataset, schema_file = sys.argv[1:]
project = "test-project"


class LocalCredentials(AnonymousCredentials):
    """A token that the stand-in does not look at."""

    def apply(self, headers, token=None):
        headers["authorization"] = "Bearer local"


stage = storage.Client(
    project, AnonymousCredentials(), client_options={"api_endpoint": os.environ["SLUICE_GCS_ENDPOINT"]}
).bucket(bucket_name)
client = bigquery.Client(
    project, LocalCredentials(), client_options={"api_endpoint": os.environ["SLUICE_BIGQUERY_ENDPOINT"]}
)

manifest = json.loads(
    stage.blob(f"{prefix}/_manifests/{hour[:10].replace('-', '/')}/{hour[11:]}.json").download_as_bytes()
)
files = manifest["types"][log_type]["files"]
schema = client.schema_from_json(schema_file)
temp = bigquery.Table(f"{project}.{dataset}.python_TEMP_{uuid.uuid4().hex}", schema)
client.create_table(temp)
client.load_table_from_uri(
    [f"gs://{bucket_name}/{prefix}/{file['key']}" for file in files],
    temp.reference,
    job_config=bigquery.LoadJobConfig(
        schema=schema,
        source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
        write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
    ),
).result()
columns = ", ".join(f"`{field.name}`" for field in schema)
origin = f"`{dataset}.python_{log_type}`"
client.query(
    f"CREATE TABLE IF NOT EXISTS {origin} AS "
    f"SELECT CURRENT_TIMESTAMP() AS folder_hour, {columns} FROM `{temp.reference}` LIMIT 0"
).result()
client.query(
    f"""BEGIN TRANSACTION;
DELETE FROM {origin} WHERE folder_hour = @hour;
INSERT INTO {origin} (folder_hour, {columns}) SELECT @hour, {columns} FROM `{temp.reference}`;
COMMIT TRANSACTION;""",
    job_config=bigquery.QueryJobConfig(
        query_parameters=[bigquery.ScalarQueryParameter("hour", "TIMESTAMP", f"{hour[:10]} {hour[11:]}:00:00+00")]
    ),
).result()
client.delete_table(temp)
print(sum(file["rows"] for file in files))
