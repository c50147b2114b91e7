import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { readManifest } from "../../src/classify/read-manifest.js";
import {
  classifyPlace,
  describeStage,
  hour,
  listSpool,
  makePlace,
  prefix,
  readStage,
  removePlaces,
  type Place,
} from "./fixtures.js";

const child = fileURLToPath(new URL("./classify-child.ts", import.meta.url));

async function writeHour(place: Place): Promise<void> {
  const types = ["view", "pay", "unknown_type", "other.type", "_bad"];
  for (let index = 0; index < 6; index += 1) {
    const lines = Array.from({ length: 3_000 }, (_, line) =>
      line % 97 === 0
        ? "broken {"
        : `{"n":${index * 10_000 + line},"log_type":"${types[line % types.length] ?? ""}","pad":"${"x".repeat(150)}"}`,
    );
    const text = Buffer.from(lines.join("\n"));
    await place.source.put(
      `${prefix}${index}.log`,
      index % 2 === 0 ? text : gzipSync(text),
    );
  }
}

/** The child's exit signal, or null where it came to its end. `killAfter`: once the stage holds, or the spool has seen, this much. */
function runChild(
  place: Place,
  killAfterMs: number | null,
): Promise<NodeJS.Signals | null> {
  const run = spawn(process.execPath, ["--import", "tsx", child, place.root], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    run.once("error", reject);
    run.once("exit", (code, signal) => {
      code === 0 || signal !== null
        ? resolve(signal)
        : reject(new Error(`exit ${String(code)}`));
    });
    if (killAfterMs === null) return;
    const begun = setInterval(() => {
      void listSpool(place).then(
        (names) => {
          if (
            !names.some((name) =>
              name.startsWith(`classify-${String(run.pid)}-`),
            )
          )
            return;
          clearInterval(begun);
          setTimeout(() => run.kill("SIGKILL"), killAfterMs);
        },
        () => undefined,
      );
    }, 2);
    run.once("exit", () => {
      clearInterval(begun);
    });
  });
}

describe("a classification that is killed, or run twice at once", () => {
  after(removePlaces);

  it("ends as an undisturbed one, after kill -9 at twenty moments and one more run", async () => {
    const place = await makePlace();
    await writeHour(place);
    const undisturbed = await makePlace();
    await writeHour(undisturbed);
    const expected = await describeStage(
      undisturbed,
      (await classifyPlace(undisturbed, { partSizeBytes: 200_000 })).manifest,
    );
    const begun = Date.now();
    await runChild(place, null);
    const wholeMs = Date.now() - begun;

    let killed = 0;
    for (let kill = 0; kill < 20; kill += 1) {
      const signal = await runChild(place, Math.round((kill * wholeMs) / 40));
      if (signal === "SIGKILL") killed += 1;
      const standing = await readManifest(place.stage, hour);
      if (standing === null)
        return expect.fail("the manifest of the first run is gone");
      const { contents } = (await describeStage(place, standing.manifest)) as {
        contents: unknown;
      };
      expect(contents).to.deep.equal(
        (expected as { contents: unknown }).contents,
      );
    }
    expect(killed).to.be.greaterThan(5);

    const { manifest } = await classifyPlace(place, { partSizeBytes: 200_000 });
    const found = await describeStage(place, manifest);
    expect(withoutEtags(found)).to.deep.equal(withoutEtags(expected));
    expect(await listSpool(place)).to.deep.equal([]);
  }).timeout(120_000);

  it("commits the same from two processes at once, without orphans", async () => {
    const place = await makePlace();
    await writeHour(place);
    expect(
      await Promise.all([runChild(place, null), runChild(place, null)]),
    ).to.deep.equal([null, null]);
    const standing = await readManifest(place.stage, hour);
    if (standing === null) return expect.fail("no manifest");
    const found = (await describeStage(place, standing.manifest)) as {
      orphans: string[];
    };
    expect(found.orphans).to.deep.equal([]);
    expect(standing.manifest.lines).to.equal(18_000);
    expect((await readStage(place)).size).to.be.greaterThan(5);
  }).timeout(60_000);
});

/** Sources of their own have etags of their own. */
function withoutEtags(stage: unknown): unknown {
  return JSON.parse(
    JSON.stringify(stage, (key, value: unknown) =>
      key === "etag" ? undefined : value,
    ),
  );
}
