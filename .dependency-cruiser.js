const builtins = [
  "^(node:)?(fs|child_process|net|http|https|os|process|worker_threads)",
];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolved",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "only-wiring-sees-adapters",
      comment:
        "The composition root chooses adapters by URL; everything else takes a port.",
      severity: "error",
      from: { path: "^(src|jobs)/", pathNot: "^src/(wiring\\.ts$|adapters/)" },
      to: { path: "^src/adapters/" },
    },
    {
      name: "jobs-do-not-import-jobs",
      comment: "What two jobs share belongs in src/.",
      severity: "error",
      from: { path: "^jobs/" },
      to: { path: "^jobs/" },
    },
    {
      name: "only-commands-import-jobs",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/commands(\\.ts$|/)" },
      to: { path: "^jobs/" },
    },
    {
      name: "wiring-belongs-to-commands",
      severity: "error",
      from: {
        path: "^(src|jobs)/",
        pathNot: "^src/(main|commands|wiring|split-worker)(\\.ts$|/)",
      },
      to: { path: "^src/(main|commands|wiring|environment)(\\.ts$|/)" },
    },
    {
      name: "ports-and-errors-import-nothing-of-ours",
      comment: "But each other, and the shape of a column.",
      severity: "error",
      from: { path: "^src/(ports/|errors\\.ts$)" },
      to: {
        path: "^(src|jobs)/",
        pathNot: "^src/(ports/|errors\\.ts$|schema/table-field\\.ts$)",
      },
    },
    {
      name: "adapters-see-ports-and-pure-code",
      severity: "error",
      from: { path: "^src/adapters/" },
      to: {
        path: "^src/",
        pathNot:
          "^src/(adapters|ports|schema|json|messages)/|^src/(encode-crc32c|errors|folder-hour)\\.ts$",
      },
    },
    {
      name: "clients-live-in-their-adapter",
      severity: "error",
      from: { path: "^(src|jobs)/", pathNot: "^src/adapters/" },
      to: {
        path: "node_modules/(@duckdb|@aws-sdk|@google-cloud|google-auth-library|@slack|nodemailer|proper-lockfile)",
      },
    },
    {
      name: "pure-code-does-no-io",
      severity: "error",
      from: {
        path: "^src/(schema/|json/|messages/|watch/|(dags/(model|render|python-literal)|folder-hour|group-by|count-of)\\.ts$)",
      },
      to: { dependencyTypes: ["core"], path: builtins },
    },
    {
      name: "pure-code-imports-pure-code",
      severity: "error",
      from: { path: "^src/(schema|json|messages|watch)/" },
      to: {
        path: "^(src|jobs)/",
        pathNot:
          "^src/((schema|json|messages|watch|ports)/|(errors|folder-hour|group-by|count-of)\\.ts$)",
      },
    },
    {
      name: "product-does-not-import-tests",
      severity: "error",
      from: { path: "^(src|jobs)/" },
      to: { path: "^(test|bench)/" },
    },
    {
      name: "no-development-packages-in-the-product",
      severity: "error",
      from: { path: "^(src|jobs)/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg"],
        pathNot: "node_modules/@types/",
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
