export type Check =
  | "open"
  | "list"
  | "create"
  | "read"
  | "write"
  | "refuse to create twice"
  | "overwrite"
  | "refuse to overwrite what changed"
  | "refuse to read what changed"
  | "delete"
  | "find the dataset"
  | "create a table"
  | "load rows"
  | "describe a table"
  | "add a column"
  | "replace an hour"
  | "read the ledger"
  | "drop a table";

type Grants = Readonly<Partial<Record<Check, string>>>;

const otherStore =
  "nothing: this store does not keep what a commit rests on; use another one";

const s3: Grants = {
  open: "credentials that the AWS SDK finds: environment, profile, or the pod's role",
  list: "s3:ListBucket on the bucket",
  create: "s3:PutObject on the objects",
  read: "s3:GetObject on the objects",
  // If-Match asks for both: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
  overwrite: "s3:PutObject and s3:GetObject on the objects",
  delete: "s3:DeleteObject on the objects",
  "refuse to create twice": otherStore,
  "refuse to overwrite what changed": otherStore,
  "refuse to read what changed": otherStore,
};

const gcs: Grants = {
  open: "credentials that Google's SDK finds: workload identity, or GOOGLE_APPLICATION_CREDENTIALS",
  list: "storage.objects.list on the bucket",
  create: "storage.objects.create on the bucket",
  read: "storage.objects.get on the bucket",
  // https://cloud.google.com/storage/docs/access-control/iam-json
  overwrite: "storage.objects.create and storage.objects.delete on the bucket",
  delete: "storage.objects.delete on the bucket",
  "refuse to create twice": otherStore,
  "refuse to overwrite what changed": otherStore,
  "refuse to read what changed": otherStore,
};

const folder: Grants = {
  open: "permission to enter the folder and all above it",
  list: "permission to read and enter the folder and those below it (r-x)",
  create: "permission to write into the folder (rwx)",
  read: "permission to read the files (r--)",
  overwrite: "permission to write into the folder (rwx)",
  delete: "permission to write into the folder (rwx)",
  "refuse to create twice": otherStore,
  "refuse to overwrite what changed": otherStore,
  "refuse to read what changed": otherStore,
};

const bigQuery: Grants = {
  open: "credentials that Google's SDK finds: workload identity, or GOOGLE_APPLICATION_CREDENTIALS",
  "find the dataset":
    "bigquery.tables.get on the dataset, which must exist, in the location that the catalog names",
  "create a table": "bigquery.tables.create on the dataset",
  "load rows":
    "bigquery.jobs.create on the project; bigquery.tables.create, .getData and .updateData on the dataset, and bigquery.datasets.get where the catalog names no location; storage.objects.get on the bucket of a gs: stage",
  "describe a table": "bigquery.tables.get on the dataset",
  "add a column": "bigquery.tables.get and .update on the dataset",
  "replace an hour":
    "bigquery.jobs.create on the project; bigquery.tables.create, .getData and .updateData on the dataset",
  "read the ledger":
    "bigquery.jobs.create on the project; bigquery.tables.getData on the dataset",
  "drop a table": "bigquery.tables.delete on the dataset",
};

const duckDb: Grants = Object.fromEntries(
  Object.keys(bigQuery).map((check) => [
    check,
    "permission to write the file, and into its folder (rwx)",
  ]),
);

const schemes: Readonly<Record<string, Grants>> = {
  s3,
  gs: gcs,
  file: folder,
  bigquery: bigQuery,
  duckdb: duckDb,
};

/** What a failed check asks for, in the words of the service; for its administrator. */
export function grantFor(url: string, check: Check): string | null {
  return schemes[url.slice(0, url.indexOf(":"))]?.[check] ?? null;
}
