import { expect } from "chai";
import { estimateScale } from "../../src/watch/robust.js";

describe("the scale of errors", () => {
  /** As many of 1 as make 100 with those. */
  function magnitudes(...others: readonly number[]): Float64Array {
    return Float64Array.from({ length: 100 }, (_, index) => others[index] ?? 1);
  }

  it("goes by the middle, where the tail is none", () => {
    expect(estimateScale(magnitudes())).to.be.closeTo(1 / 0.6745, 1e-9);
  });

  it("goes by the end of the tail where that says more, and by a part of it alone", () => {
    expect(estimateScale(magnitudes(9, 9, 9, 9))).to.be.closeTo(
      (0.8 * 9) / 2.241,
      1e-9,
    );
  });

  it("does not go by two errors in a hundred", () => {
    expect(estimateScale(magnitudes(9, 9))).to.be.closeTo(1 / 0.6745, 1e-9);
  });

  it("is not known of no error", () => {
    expect(estimateScale(new Float64Array())).to.be.NaN;
  });
});
