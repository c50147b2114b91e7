import { describeObjectStore } from "../contract/object-store.js";
import { MemoryObjectStore } from "./memory-object-store.js";

describeObjectStore("MemoryObjectStore", () =>
  Promise.resolve(new MemoryObjectStore()),
);
