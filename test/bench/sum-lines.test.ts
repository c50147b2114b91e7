import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { compareSums, sumLines } from "../../bench/classify/sum-lines.js";

type Files = Readonly<Record<string, string | Buffer>>;

const flat: Files = {
  cart: '{"t":"cart","n":1}\n{"t":"cart","n":2}\n',
  search: '{"t":"search"}\r\n',
  _bad: Buffer.from('oops\n{"\xff":1}\n', "latin1"),
};
const hour = "2026/01/15/00";

const same: Readonly<Record<string, Files>> = {
  "another order": {
    ...flat,
    cart: '{"t":"cart","n":2}\n{"t":"cart","n":1}\n',
  },
  "no CR, and no newline at the end": { ...flat, search: '{"t":"search"}' },
  "DuckDB's folders": {
    "type=cart/data_0.csv": '{"t":"cart","n":1}\n',
    "type=cart/data_1.csv": '{"t":"cart","n":2}\n',
    "type=search/data_0.csv": '{"t":"search"}\n',
    "type=__HIVE_DEFAULT_PARTITION__/data_0.csv": flat["_bad"] ?? "",
  },
  "sluice's stage": {
    [`cart/${hour}/a-00000.ndjson`]: flat["cart"] ?? "",
    [`search/${hour}/a-00000.ndjson`]: '{"t":"search"}\n',
    [`_set_aside/${hour}/a.ndjson`]:
      '{"reason":"not_json","text":"oops"}\n{"reason":"not_utf8","base64":"eyL/IjoxfQ=="}\n',
    [`_manifests/${hour}.json`]: "{}",
    ".sluice-tmp/locks/x": "x",
  },
};
const different: Readonly<Record<string, Files>> = {
  "a changed byte": {
    ...flat,
    cart: '{"t":"cart","n":1}\n{"t":"cart","n":3}\n',
  },
  "a line twice": { ...flat, search: '{"t":"search"}\n{"t":"search"}\n' },
  "a line in another type": {
    ...flat,
    cart: '{"t":"cart","n":1}\n',
    search: '{"t":"search"}\n{"t":"cart","n":2}\n',
  },
  "a type lost": { cart: flat["cart"] ?? "", _bad: flat["_bad"] ?? "" },
};

describe("sums of lines", () => {
  let folder: string;
  let made = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-sums-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const sum = async (files: Files) => {
    const root = join(folder, String((made += 1)));
    for (const [path, bytes] of Object.entries(files)) {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
    return sumLines(root);
  };

  for (const [title, files] of Object.entries(same)) {
    it(`are the same with ${title}`, async () => {
      expect(compareSums(await sum(flat), await sum(files))).to.deep.equal([]);
    });
  }

  for (const [title, files] of Object.entries(different)) {
    it(`tell ${title}`, async () => {
      expect(compareSums(await sum(flat), await sum(files))).to.not.be.empty;
    });
  }

  it("hold for lines longer than what is read at once", async () => {
    const long = `{"t":"cart","x":"${"x".repeat(3_000_000)}"}\n`;
    const short = '{"t":"cart"}\n';
    const sums = await sum({ cart: long + short + long });
    const others = await sum({ cart: short + long + long });
    expect(sums.get("cart")?.lines).to.equal(3);
    expect(compareSums(sums, others)).to.deep.equal([]);
  });
});
