import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** `from` imports `to`: another source file, or a package or module of Node by its name. */
export interface PlantedImport {
  readonly from: string;
  readonly to: string;
}

const sourceFile = /^(src|jobs|test|bench)\//;

/** Writes a small product of its own below `root`, whose files hold these imports and nothing else. */
export async function plantImports(
  root: string,
  imports: readonly PlantedImport[],
  devDependencies: readonly string[],
): Promise<void> {
  const texts = new Map<string, string>();
  const packages = new Set<string>(devDependencies);
  for (const { from, to } of imports) {
    const isSource = sourceFile.test(to);
    const path = relative(dirname(from), to).replace(/\.ts$/, ".js");
    const specifier = isSource ? `./${path}` : to;
    texts.set(from, `${texts.get(from) ?? ""}import "${specifier}";\n`);
    if (isSource && !texts.has(to)) texts.set(to, "");
    if (!isSource && !to.startsWith("node:") && !to.startsWith("."))
      packages.add(to);
  }
  const version = "1.0.0";
  const listed = [...packages].map((name) => [name, version] as const);
  const isDev = ([name]: readonly [string, string]) =>
    devDependencies.includes(name);
  const manifest = {
    type: "module",
    dependencies: Object.fromEntries(listed.filter((each) => !isDev(each))),
    devDependencies: Object.fromEntries(listed.filter(isDev)),
  };
  texts.set("package.json", JSON.stringify(manifest));
  texts.set("tsconfig.json", "{}");
  for (const [name] of listed) {
    const folder = join("node_modules", name);
    const own = { name, version, exports: "./index.js" };
    texts.set(join(folder, "package.json"), JSON.stringify(own));
    texts.set(join(folder, "index.js"), "");
  }
  for (const [path, text] of texts) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
