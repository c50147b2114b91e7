import { expect } from "chai";
import { compileScanner } from "../../src/classify/scanner/line-scanner.js";
import {
  findExhaustiveFault,
  findScanFault,
} from "./scanner/find-scan-fault.js";

const seed = Date.now() % 2 ** 31;

describe("the scanner", function () {
  this.timeout(60_000);
  const scanner = compileScanner();
  if (scanner === null) throw new Error("this Node has no WebAssembly SIMD");

  it(`says of each line what JSON.parse says, or SLOW where it may (seed ${seed})`, () => {
    expect(findScanFault(scanner, seed)).to.equal(null);
  });

  it("says so of every short string of tokens, and of bytes", () => {
    expect(findExhaustiveFault(scanner, 4, 1)).to.equal(null);
  });
});
