import { classifyPlace, makeCatalog, openPlace } from "./fixtures.js";

/** Run in a process of its own, to be killed: classifies the hour of the folder that it is given. */
await classifyPlace(openPlace(process.argv[2] ?? ""), {
  catalog: makeCatalog({ compression: "none" }),
  partSizeBytes: 200_000,
});
