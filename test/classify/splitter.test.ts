import { createJsonSplitter } from "../../src/classify/json-splitter.js";
import { createScanSplitter } from "../../src/classify/scan-splitter.js";
import {
  compileScanner,
  LineScanner,
} from "../../src/classify/scanner/line-scanner.js";
import { describeSplitter } from "./splitter-contract.js";

const scanner = compileScanner();
if (scanner === null) throw new Error("this Node has no WebAssembly SIMD");

describeSplitter("createScanSplitter", (sink, options) =>
  createScanSplitter(
    LineScanner.create(scanner, options.typeKey, options.bufferBytes)!,
    sink,
    options,
  ),
);

describeSplitter("createJsonSplitter", createJsonSplitter);
