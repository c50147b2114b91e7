/** Makes a bucket and a dataset in stand-in servers. */
export async function makeIn(
  gcs: { readonly endpoint: string },
  bigQuery: { readonly endpoint: string; readonly project: string },
  bucket: string,
  dataset: string,
): Promise<void> {
  const { endpoint, project } = bigQuery;
  await post(`${gcs.endpoint}/storage/v1/b?project=p`, { name: bucket });
  await post(`${endpoint}/bigquery/v2/projects/${project}/datasets`, {
    datasetReference: { datasetId: dataset, projectId: project },
  });
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`${url}: ${response.status} ${await response.text()}`);
}
