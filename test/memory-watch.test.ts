import { expect } from "chai";
import { exitCodes, MemoryLimitError } from "../src/errors.js";
import { createMemoryLook } from "../src/memory-watch.js";

const MiB = 1024 ** 2;

/** Looks at a container of 100 MiB that holds, one look after the other, so many; garbage is what a collection frees. */
function lookAt(usedMiB: readonly number[], garbageMiB = 0) {
  let used = 0;
  let collections = 0;
  const look = createMemoryLook(
    { limitBytes: 100 * MiB, file: "memory.max", readUsedBytes: () => used },
    () => {
      collections += 1;
      used -= garbageMiB * MiB;
    },
  );
  const errors = usedMiB.map((next) => {
    used = next * MiB;
    return look();
  });
  return { errors, collections };
}

describe("createMemoryLook", () => {
  it("leaves a container with room alone", () => {
    expect(lookAt([10, 50, 79])).to.deep.equal({
      errors: [null, null, null],
      collections: 0,
    });
  });

  it("collects garbage before it gives up", () => {
    expect(lookAt([95], 30)).to.deep.equal({ errors: [null], collections: 1 });
  });

  it("gives up in words, with exit code 5, where collecting does not help", () => {
    const [error] = lookAt([95], 1).errors;
    expect(error).to.be.instanceOf(MemoryLimitError);
    expect(error?.exitCode).to.equal(exitCodes.serviceFailed);
    expect(error?.message).to.match(
      /^94 of the 100 MiB of memory .*\(memory\.max\).*resources\.memory/,
    );
  });

  it("does not collect again before more is in use", () => {
    const { errors, collections } = lookAt([85, 86, 85, 91, 93]);
    expect(errors.map((error) => error === null)).to.deep.equal([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(collections).to.equal(2);
  });
});
