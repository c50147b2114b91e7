import { expect } from "chai";
import { dealInputs } from "../../src/classify/deal-inputs.js";

const infos = (names: string) =>
  Array.from(names, (key) => ({ key, etag: "1", sizeBytes: 1 }));
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("dealInputs", () => {
  it("deals in order, and then nothing", async () => {
    const deals = dealInputs(infos("abc"), 1);
    const keys = [];
    for (let input; (input = await deals.next(0)) !== null;)
      keys.push(input.key);
    expect(keys).to.deep.equal(["a", "b", "c"]);
  });

  it("keeps an input for each thread that has had none", async () => {
    const deals = dealInputs(infos("abcd"), 4);
    const asked = [0, 0, 1, 1, 2].map((thread) => deals.next(thread));
    const dealt: (string | undefined)[] = [];
    asked.forEach((input, index) => {
      void input.then((info) => {
        dealt[index] = info?.key;
      });
    });
    await turn();
    expect(dealt[0]).to.equal("a");
    expect(dealt[2]).to.equal("b");
    expect(dealt[4]).to.equal("c");
    expect([dealt[1], dealt[3]]).to.deep.equal([undefined, undefined]);
    expect((await deals.next(3))?.key).to.equal("d");
    expect(await Promise.all([asked[1], asked[3]])).to.deep.equal([null, null]);
  });

  it("lets a thread read ahead where there are enough for all", async () => {
    const deals = dealInputs(infos("abcd"), 2);
    expect((await deals.next(0))?.key).to.equal("a");
    expect((await deals.next(0))?.key).to.equal("b");
    expect((await deals.next(0))?.key).to.equal("c");
    const waiting = deals.next(0);
    expect((await deals.next(1))?.key).to.equal("d");
    expect(await waiting).to.equal(null);
  });
});
