import { expect } from "chai";
import { describeWithServers } from "./shared-servers.js";

describeWithServers("the stand-in servers", (servers) => {
  it("answer, each started once", async () => {
    const [s3, gcs, bigQuery] = await Promise.all([
      servers.s3(),
      servers.gcs(),
      servers.bigQuery(),
    ]);
    expect(await servers.s3()).to.equal(s3);
    expect((await fetch(`${s3.endpoint}/`)).status).to.equal(403);
    const buckets = await fetch(`${gcs.endpoint}/storage/v1/b?project=p`);
    expect(await buckets.json()).to.have.property("kind", "storage#buckets");
    const datasets = await fetch(
      `${bigQuery.endpoint}/bigquery/v2/projects/${bigQuery.project}/datasets`,
    );
    expect(datasets.status).to.equal(200);
  });
});
