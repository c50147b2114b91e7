import { createJsonSplitter } from "./json-splitter.js";
import { createScanSplitter } from "./scan-splitter.js";
import { compileScanner, LineScanner } from "./scanner/line-scanner.js";
import type { Splitter, SplitSink, SplitterOptions } from "./splitter.js";

let compiled: WebAssembly.Module | null | undefined;

/** The scanner where this Node has WebAssembly SIMD and the key path fits its tables, otherwise JSON.parse. */
export function createSplitter(
  sink: SplitSink,
  options: SplitterOptions,
): Splitter {
  if (compiled === undefined) compiled = compileScanner();
  const scanner =
    compiled === null
      ? null
      : LineScanner.create(compiled, options.typeKey, options.bufferBytes);
  return scanner === null
    ? createJsonSplitter(sink, options)
    : createScanSplitter(scanner, sink, options);
}
