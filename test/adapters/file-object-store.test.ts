import { execFile } from "node:child_process";
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import {
  AccessError,
  ObjectChangedError,
  ServiceError,
} from "../../src/errors.js";
import {
  collect,
  describeObjectStore,
  readObject,
} from "../contract/object-store.js";

const roots: string[] = [];

async function makeFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "sluice-file-store-"));
  roots.push(root);
  return root;
}

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return expect.fail("expected an error");
}

describeObjectStore(
  "FileObjectStore",
  async () => new FileObjectStore(join(await makeFolder(), "store")),
  { checksFiles: false },
);

describe("FileObjectStore", () => {
  let directory: string;
  let store: FileObjectStore;

  beforeEach(async () => {
    directory = await makeFolder();
    store = new FileObjectStore(directory);
  });

  after(async () => {
    for (const root of roots) await rm(root, { recursive: true, force: true });
  });

  it("names itself and its objects by URLs", () => {
    expect(store.url).to.equal(`file:${directory}`);
    expect(fileURLToPath(store.uri("a b/c#d"))).to.equal(
      join(directory, "a b/c#d"),
    );
  });

  for (const key of [
    "",
    "/etc/passwd",
    "..",
    "../a",
    "a/../../b",
    "a/./b",
    "a//b",
    "a/",
    "a\\b",
    "a\0b",
    "\ud800",
    ".sluice-tmp/x",
  ]) {
    it(`refuses the key ${JSON.stringify(key)} in every method`, async () => {
      for (const work of [
        () => store.put(key, Buffer.from("1")),
        () => store.get(key),
        () => store.delete(key),
      ]) {
        expect(await errorOf(work)).to.be.instanceOf(ServiceError);
      }
      expect(() => store.uri(key)).to.throw(ServiceError);
    });
  }

  it("neither lists, reads nor writes through symbolic links", async () => {
    const outside = await makeFolder();
    await writeFile(join(outside, "secret"), "s");
    await symlink(outside, join(directory, "folder"));
    await symlink(join(outside, "secret"), join(directory, "file"));
    for (const work of [
      () => store.get("folder/secret"),
      () => store.get("file"),
      () => store.put("folder/new", Buffer.from("1")),
      () => store.delete("folder/secret"),
      () => collect(store.list("")),
    ]) {
      const error = await errorOf(work);
      expect(error).to.be.instanceOf(ServiceError);
      expect(error.message).to.include("symbolic link");
    }
    expect(await readdir(outside)).to.deep.equal(["secret"]);
  });

  describe("of a folder that must exist", () => {
    const listings: readonly [
      name: string,
      list: (store: FileObjectStore) => Promise<unknown>,
    ][] = [
      ["all of it", (store) => collect(store.list(""))],
      ["an hour", (store) => collect(store.list("2026/11/21/03/"))],
      ["its folders", (store) => store.listTopFolders()],
    ];
    const inPlaces: readonly [
      place: string,
      make: (path: string) => Promise<unknown>,
      says: string,
    ][] = [
      ["is not there", () => Promise.resolve(), "there is no such folder"],
      ["is a file", (path) => writeFile(path, ""), "there is a file"],
      [
        "is a link to nothing",
        (path) => symlink("nothing", path),
        "there is no such folder",
      ],
    ];
    for (const [place, make, says] of inPlaces) {
      it(`refuses to list one that ${place}`, async () => {
        const path = join(directory, "source");
        await make(path);
        for (const [name, list] of listings) {
          const missing = new FileObjectStore(path, { mustExist: true });
          const error = await errorOf(() => list(missing));
          expect(error, name).to.be.instanceOf(AccessError);
          expect(error.message).to.include(`file:${path}: ${says}`);
        }
      });
    }

    it("lists a missing hour as empty", async () => {
      const there = new FileObjectStore(directory, { mustExist: true });
      for (const [name, list] of listings)
        expect(await list(there), name).to.deep.equal([]);
    });

    it("can still be made by the first write", async () => {
      const made = new FileObjectStore(join(directory, "new"), {
        mustExist: true,
      });
      await made.put("a/b", Buffer.from("1"));
      expect(await made.listTopFolders()).to.deep.equal(["a"]);
    });
  });

  it("lists nothing where a stage that nobody wrote will be", async () => {
    const stage = new FileObjectStore(join(directory, "stage"));
    expect(await collect(stage.list("2026/11/21/03/"))).to.deep.equal([]);
    expect(await stage.listTopFolders()).to.deep.equal([]);
  });

  it("may itself lie behind a symbolic link", async () => {
    const link = join(await makeFolder(), "link");
    await symlink(directory, link);
    const linked = new FileObjectStore(link);
    await linked.put("a/b", Buffer.from("1"));
    expect(String(await readObject(linked, "a/b"))).to.equal("1");
  });

  it("lists every file of an hour, dot files included", async () => {
    await mkdir(join(directory, "2026/11/21/03"), { recursive: true });
    for (const name of [".hidden", "b.tmp", "c.lock"]) {
      await writeFile(join(directory, "2026/11/21/03", name), "");
    }
    const keys = (await collect(store.list("2026/11/21/03/"))).map(
      (info) => info.key,
    );
    expect(keys).to.deep.equal(
      [".hidden", "b.tmp", "c.lock"].map((name) => `2026/11/21/03/${name}`),
    );
  });

  it("notices a file that grows while it is read", async () => {
    await writeFile(join(directory, "log"), "a\n");
    const error = await errorOf(async () => {
      for await (const block of (await store.get("log"))!.body) {
        await appendFile(join(directory, "log"), block);
        break;
      }
      const object = (await store.get("log"))!;
      await appendFile(join(directory, "log"), "more\n");
      await collect(object.body);
    });
    expect(error).to.be.instanceOf(ObjectChangedError);
  });

  it("notices a file that grows between its blocks", async () => {
    await writeFile(join(directory, "log"), Buffer.alloc(600_000));
    const body = (await store.get("log"))!.body[Symbol.asyncIterator]();
    await body.next();
    await appendFile(join(directory, "log"), "more\n");
    const error = await errorOf(async () => {
      while (!(await body.next()).done);
    });
    expect(error).to.be.instanceOf(ObjectChangedError);
  });

  it("says that an object went away before it was read", async () => {
    await store.put("key", Buffer.from("1"));
    const object = (await store.get("key"))!;
    await store.delete("key");
    expect(await errorOf(() => collect(object.body))).to.be.instanceOf(
      ObjectChangedError,
    );
  });

  it("says in words what the file system refuses", async () => {
    await store.put("a", Buffer.from("1"));
    await store.put("b/c", Buffer.from("1"));
    for (const [key, words] of [
      ["a/b", "a part of its path is a file or a link to nothing"],
      ["b", "there is a folder of that name"],
      ["x".repeat(300), "longer than the file system allows"],
    ] as const) {
      const error = await errorOf(() => store.put(key, Buffer.from("1")));
      expect(error).to.be.instanceOf(ServiceError);
      expect(error.message).to.include(words);
    }
    const file = new FileObjectStore(join(directory, "a"));
    expect(
      await errorOf(() => file.put("b", Buffer.from("1"))),
    ).to.be.instanceOf(ServiceError);
  });

  it("says of a root below a link to nothing what may be in the way", async () => {
    const link = join(directory, "link");
    await symlink("nothing", link);
    for (const root of [link, join(link, "stage")]) {
      const below = new FileObjectStore(root);
      const error = await errorOf(() => below.put("a", Buffer.from("1")));
      expect(error, root).to.be.instanceOf(ServiceError);
      expect(error.message, root).to.include(
        "a part of its path is a file or a link to nothing, and must be a folder",
      );
    }
  });

  it("moves a file of its own file system in, and leaves nothing unfinished", async () => {
    const file = join(await makeFolder(), "part");
    await writeFile(file, "123456789");
    const { ino } = await stat(file);
    await store.putFile("a/b", file, { crc32c: "4waSgw==" });
    expect((await stat(join(directory, "a/b"))).ino).to.equal(ino);
    await writeFile(file, "123456789");
    await errorOf(() =>
      store.putFile("a/b", file, { crc32c: "4waSgw==", ifMatch: null }),
    );
    expect(await readdir(join(directory, ".sluice-tmp"))).to.deep.equal([
      "locks",
    ]);
  });

  it("sweeps what writers left that died an hour ago, and nothing younger", async () => {
    const folder = join(directory, ".sluice-tmp");
    await mkdir(folder, { recursive: true });
    const longAgo = new Date(Date.now() - 7_200_000);
    await writeFile(join(folder, "1-old.tmp"), "");
    await utimes(join(folder, "1-old.tmp"), longAgo, longAgo);
    await writeFile(join(folder, "1-young.tmp"), "");
    await mkdir(join(folder, "locks", "old"), { recursive: true });
    await utimes(join(folder, "locks", "old"), longAgo, longAgo);
    await store.put("key", Buffer.from("1"));
    expect((await readdir(folder)).sort()).to.deep.equal([
      "1-young.tmp",
      "locks",
    ]);
    expect(await readdir(join(folder, "locks"))).to.deep.equal([]);
  });

  it("takes over the lock of a killed writer", async () => {
    await store.put("key", Buffer.from("1"));
    const child = `
      import { FileObjectStore } from ${JSON.stringify(new URL("../../src/adapters/file-object-store.ts", import.meta.url).href)};
      import { withKeyLock } from ${JSON.stringify(new URL("../../src/adapters/file-private-folder.ts", import.meta.url).href)};
      await withKeyLock(${JSON.stringify(directory)}, "key", async () => process.kill(process.pid, "SIGKILL"));
    `;
    const death = await promisify(execFile)(process.execPath, [
      "--import",
      "tsx",
      "--input-type=module",
      "--eval",
      child,
    ]).catch((error: unknown) => error);
    expect(death).to.have.property("signal", "SIGKILL");
    expect(
      (await readdir(join(directory, ".sluice-tmp/locks"))).length,
    ).to.equal(1);
    await store.put("key", Buffer.from("2"));
    expect(String(await readObject(store, "key"))).to.equal("2");
  });

  it("lets exactly one process of many create an object", async () => {
    const child = `
      import { FileObjectStore } from ${JSON.stringify(new URL("../../src/adapters/file-object-store.ts", import.meta.url).href)};
      const store = new FileObjectStore(${JSON.stringify(directory)});
      let won = 0;
      for (let round = 0; round < 30; round += 1) {
        await store.put("key" + round, Buffer.from("1"), { ifMatch: null }).then(() => (won += 1), (error) => {
          if (error.code !== "PRECONDITION_FAILED") throw error;
        });
      }
      console.log(won);
    `;
    const wins = await Promise.all(
      [1, 2, 3].map(async () => {
        const { stdout } = await promisify(execFile)(process.execPath, [
          "--import",
          "tsx",
          "--input-type=module",
          "--eval",
          child,
        ]);
        return Number(stdout);
      }),
    );
    expect(wins.reduce((sum, won) => sum + won)).to.equal(30);
  });
});
