import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { readCpuLimit } from "../src/cpu-limit.js";

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

describe("readCpuLimit", () => {
  afterEach(async () => {
    for (const root of roots.splice(0))
      await rm(root, { recursive: true, force: true });
  });

  const cases: readonly [string, Readonly<Record<string, string>>, number][] = [
    ["no control groups", {}, 8],
    [
      "version 2, a pod's own root",
      {
        "proc/self/cgroup": "0::/\n",
        "sys/fs/cgroup/cpu.max": "200000 100000\n",
      },
      2,
    ],
    [
      "version 2, no limit",
      { "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n" },
      8,
    ],
    [
      "version 2, less than one processor",
      {
        "proc/self/cgroup": "0::/\n",
        "sys/fs/cgroup/cpu.max": "10000 100000\n",
      },
      1,
    ],
    [
      "version 2, a limit of a group above",
      {
        "proc/self/cgroup": "0::/kubepods/pod1/main\n",
        "sys/fs/cgroup/kubepods/pod1/cpu.max": "250000 100000\n",
        "sys/fs/cgroup/kubepods/pod1/main/cpu.max": "max 100000\n",
      },
      3,
    ],
    [
      "version 1",
      {
        "proc/self/cgroup": "12:memory:/x\n3:cpu,cpuacct:/kubepods/pod1\n",
        "sys/fs/cgroup/cpu/kubepods/pod1/cpu.cfs_quota_us": "400000\n",
        "sys/fs/cgroup/cpu/kubepods/pod1/cpu.cfs_period_us": "100000\n",
      },
      4,
    ],
    [
      "version 1, a container that sees its own group as the root",
      {
        "proc/self/cgroup": "3:cpu,cpuacct:/kubepods/pod1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "150000\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      },
      2,
    ],
    [
      "version 1, no limit",
      {
        "proc/self/cgroup": "3:cpu,cpuacct:/\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      },
      8,
    ],
    [
      "a limit above the host's processors",
      {
        "proc/self/cgroup": "0::/\n",
        "sys/fs/cgroup/cpu.max": "6400000 100000\n",
      },
      8,
    ],
  ];
  for (const [title, files, expected] of cases) {
    it(`finds ${expected} of 8 processors: ${title}`, async () => {
      expect(readCpuLimit(8, await makeRoot(files))).to.equal(expected);
    });
  }
});
