import type { Plugin } from "esbuild";

const namespace = "native-package";

/**
 * Leaves out of the bundle the packages that load machine code from beside themselves, and loads them by `require`.
 * An `import` would first search their CommonJS text for its exports, which costs more than the loading.
 */
export const requireNativePackages: Plugin = {
  name: namespace,
  setup(build) {
    build.onResolve({ filter: /^@(?:duckdb|node-rs)\// }, ({ path, kind }) =>
      kind === "require-call" ? { path, external: true } : { path, namespace },
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
