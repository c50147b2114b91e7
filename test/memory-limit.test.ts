import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { findMemoryLimit } from "../src/memory-limit.js";

const MiB = 1024 ** 2;
const roots: string[] = [];

async function makeRoot(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), "sluice-cgroup-"));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

describe("findMemoryLimit", () => {
  afterEach(async () => {
    for (const root of roots.splice(0))
      await rm(root, { recursive: true, force: true });
  });

  const cases: readonly [
    string,
    Readonly<Record<string, string>>,
    number | undefined,
  ][] = [
    ["no control groups", {}, undefined],
    [
      "version 2, a pod's own root",
      {
        "proc/self/cgroup": "0::/\n",
        "sys/fs/cgroup/memory.max": `${128 * MiB}\n`,
      },
      128 * MiB,
    ],
    [
      "version 2, no limit",
      { "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n" },
      undefined,
    ],
    [
      "version 2, the lowest of the group's own and those above it",
      {
        "proc/self/cgroup": "0::/a/b\n",
        "sys/fs/cgroup/a/memory.max": `${256 * MiB}\n`,
        "sys/fs/cgroup/a/b/memory.max": `${512 * MiB}\n`,
      },
      256 * MiB,
    ],
    [
      "version 1, where the pod sees its group's folder as the top",
      {
        "proc/self/cgroup": "9:memory:/kubepods/pod1\n3:cpu,cpuacct:/x\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": `${128 * MiB}\n`,
      },
      128 * MiB,
    ],
    [
      "version 1, no limit",
      {
        "proc/self/cgroup": "9:memory:/\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      },
      undefined,
    ],
  ];
  for (const [name, files, limitBytes] of cases)
    it(`finds the limit: ${name}`, async () => {
      const limit = findMemoryLimit(await makeRoot(files), 1024 * MiB);
      expect(limit?.limitBytes).to.equal(limitBytes);
    });

  it("counts what the kernel can't take back, in version 2", async () => {
    const root = await makeRoot({
      "proc/self/cgroup": "0::/\n",
      "sys/fs/cgroup/memory.max": "1000\n",
      "sys/fs/cgroup/memory.current": "900\n",
      "sys/fs/cgroup/memory.stat":
        "anon 400\nfile 450\ninactive_file 200\nactive_file 100\nslab_reclaimable 50\nslab 80\n",
    });
    const limit = findMemoryLimit(root, 1024 * MiB);
    expect(limit?.readUsedBytes(800)).to.equal(550);
    expect(limit?.readUsedBytes(901)).to.equal(900);
  });

  it("counts what the kernel can't take back, in version 1", async () => {
    const group = "sys/fs/cgroup/memory/pod";
    const root = await makeRoot({
      "proc/self/cgroup": "9:memory:/pod\n",
      [`${group}/memory.limit_in_bytes`]: "1000\n",
      [`${group}/memory.usage_in_bytes`]: "900\n",
      [`${group}/memory.stat`]:
        "inactive_file 1\nactive_file 2\ntotal_inactive_file 200\ntotal_active_file 100\n",
    });
    expect(findMemoryLimit(root, 1024 * MiB)?.readUsedBytes(800)).to.equal(600);
  });
});
