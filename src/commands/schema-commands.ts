import { countOf } from "../count-of.js";
import { parseFolderHour } from "../folder-hour.js";
import type { SchemaChange } from "../../jobs/schema-diff.js";
import type { AddCommand, CommandContext, GlobalArguments } from "./context.js";
import {
  checkRowSource,
  inferOptions,
  maskOption,
  readMask,
} from "./sample-options.js";
import { exitCodes, UsageError } from "../errors.js";
import type { ColumnRule } from "../catalog/catalog.js";
import type { Sample } from "../add/each-sample-row.js";

const typeOption = {
  type: "string",
  requiresArg: true,
  describe: "Log type",
} as const;
const hourOption = {
  type: "string",
  requiresArg: true,
  describe: "Rows of --type that this folder hour has at the stage",
} as const;
const filesOption = {
  type: "string",
  array: true,
  default: [] as string[],
  describe: "NDJSON files, plain, gzip or zstd",
} as const;

const addSchemaInfer: AddCommand = (yargs, context) =>
  yargs.command(
    "infer [files..]",
    "Print the schema that takes every row of samples; what was found goes to standard error",
    (options) =>
      options
        .positional("files", filesOption)
        .option("type", {
          ...typeOption,
          describe:
            "Only lines of this type, going on from its schema file if there is one",
        })
        .option("hour", hourOption)
        .options(inferOptions)
        .option("mask", {
          ...maskOption,
          describe: `${maskOption.describe}; besides the catalog's of --type`,
        })
        .option("existing", {
          type: "string",
          requiresArg: true,
          describe:
            "A schema file to go on from: order and descriptions stay [default: that of --type]",
        })
        .example(
          "$0 schema infer purchases.ndjson > purchase.json",
          "Then review it",
        )
        .example(
          "$0 schema infer --type coupon_redeemed --hour 2026-11-21T03",
          "Of what is staged already",
        )
        .example(
          "$0 schema infer users.ndjson --mask email,address",
          "Shows no value of these columns",
        ),
    async (args) => {
      checkRowSource(args.files, args.hour, args.type);
      const { schemaInfer } = await import("../../jobs/schema-infer.js");
      const { findSchemaFile, readSchemaFile, schemaFileOf } =
        await import("../add/read-schema-file.js");
      const { formatColumns } = await import("../schema/format-columns.js");
      const { quoted, times, required } = args;
      const ownMask = readMask(args.mask);
      const type =
        args.type === undefined
          ? null
          : await openType(context, args, args.type);
      const mask = [...ownMask, ...(type?.mask ?? [])];
      const existing =
        args.existing !== undefined
          ? await readSchemaFile(args.existing)
          : type === null
            ? null
            : await findSchemaFile(schemaFileOf(type.catalog, type.name));
      const result = await schemaInfer(
        { quoted, times, required, existing, type, mask },
        { samples: await openSamples(context, args, type) },
      );
      const { rows, skipped, columns, findings } = result;
      const others = skipped > 0 ? `, and ${skipped} of other types` : "";
      const told = [
        `${countOf(rows, "row")}${others}`,
        formatColumns(columns),
        ...findings.map(({ column, message }) => `${column}: ${message}`),
      ];
      process.stderr.write(`${told.join("\n")}\n`);
      context.finish(args, result, result.schema.trimEnd());
    },
  );

const addSchemaCheck: AddCommand = (yargs, context) =>
  yargs.command(
    "check [files..]",
    "Judge rows as the load does: every misfit by column, with what would mend it",
    (options) =>
      options
        .positional("files", filesOption)
        .option("type", {
          ...typeOption,
          describe:
            "The type whose schema file and catalog entry the rows must fit",
        })
        .option("hour", hourOption)
        .option("schema", {
          type: "string",
          requiresArg: true,
          describe: "A schema file, in place of --type's",
        })
        .option("mask", {
          ...maskOption,
          describe: `${maskOption.describe}; besides the catalog's of --type`,
        })
        .example(
          "$0 schema check --type purchase --hour 2026-11-21T03",
          "Exit 3 if a load would refuse the hour",
        )
        .example(
          "$0 schema check new.ndjson --schema purchase.json --mask email",
          "Needs no catalog",
        ),
    async (args) => {
      checkRowSource(args.files, args.hour, args.type);
      const { schemaCheck } = await import("../../jobs/schema-check.js");
      const { readSchemaFile, schemaFileOf } =
        await import("../add/read-schema-file.js");
      const { formatRowsCheck } =
        await import("../schema/format-rows-check.js");
      const ownMask = readMask(args.mask);
      const type =
        args.type === undefined
          ? null
          : await openType(context, args, args.type);
      const schemaFile =
        args.schema ??
        (type === null ? null : schemaFileOf(type.catalog, type.name));
      if (schemaFile === null)
        throw new UsageError(
          "there is no schema to judge by: expected --type T or --schema FILE",
        );
      const fields = await readSchemaFile(schemaFile);
      const { findTimeFormats } = await import("../add/find-time-formats.js");
      const result = await schemaCheck(
        {
          schemaFile,
          fields,
          mask: [...ownMask, ...(type?.mask ?? [])],
          type:
            type === null
              ? null
              : { ...type, timeFormats: findTimeFormats(type, fields) },
        },
        { samples: await openSamples(context, args, type) },
      );
      context.finish(args, result, formatRowsCheck(schemaFile, result));
      if (result.misfit_rows > 0) process.exitCode = exitCodes.dataRefused;
    },
  );

const addSchemaExtract: AddCommand = (yargs, context) =>
  yargs.command(
    "extract",
    "Print the schema file of a standing table, the catalog's column rules undone",
    (options) =>
      options
        .option("type", typeOption)
        .option("table", {
          type: "string",
          requiresArg: true,
          describe: "A table of no catalogued type, in place of --type",
        })
        .conflicts("type", "table")
        .example(
          "$0 schema extract --type purchase > schemas/tables/purchase.json",
          "What the table can't tell goes to standard error",
        ),
    async (args) => {
      const { schemaExtract } = await import("../../jobs/schema-extract.js");
      const { findSchemaFile, schemaFileOf } =
        await import("../add/read-schema-file.js");
      const { findType } = await import("../catalog/find-type.js");
      const catalog = await context.openCatalog(args, "without_schemas");
      if (args.type === undefined && args.table === undefined)
        throw new UsageError("expected --type T, or --table NAME");
      const type =
        args.type === undefined ? null : findType(catalog, args.type);
      const result = await context.withWarehouse(catalog, async (warehouse) =>
        schemaExtract(
          {
            table: type?.table ?? args.table ?? "",
            rules: type?.columns ?? new Map(),
            pinned:
              type === null
                ? null
                : await findSchemaFile(schemaFileOf(catalog, type.name)),
          },
          { warehouse },
        ),
      );
      for (const note of result.notes) process.stderr.write(`${note}\n`);
      context.finish(args, result, result.schema.trimEnd());
    },
  );

const addSchemaDiff: AddCommand = (yargs, context) =>
  yargs.command(
    "diff [files..]",
    "Say in words how two schemas differ: file against file, or a type's table against its file",
    (options) =>
      options
        .positional("files", {
          ...filesOption,
          describe:
            "Two schema files; with --type one, in place of the type's own",
        })
        .option("type", {
          ...typeOption,
          describe:
            "Its table is compared with the schema file and the catalog",
        })
        .example("$0 schema diff old.json new.json", "Exit 3 if they differ")
        .example(
          "$0 schema diff --type purchase",
          "What the next load would do to the table, or stop at",
        ),
    async (args) => {
      const { schemaDiff } = await import("../../jobs/schema-diff.js");
      const { readSchemaFile } = await import("../add/read-schema-file.js");
      const { files, type } = args;
      const [first, second] = files;
      const isExpected =
        type === undefined ? files.length === 2 : files.length <= 1;
      if (!isExpected)
        throw new UsageError(
          `found ${files.length} ${files.length === 1 ? "file" : "files"}${type === undefined ? "" : " and --type"}: expected two schema files, or --type T with one or none`,
        );
      const result =
        type === undefined
          ? schemaDiff({
              before: await readSide(first ?? "", readSchemaFile),
              after: await readSide(second ?? "", readSchemaFile),
              table: null,
            })
          : schemaDiff(await openTableSides(context, args, type, first));
      const { changes, notes, before, after } = result;
      context.finish(
        args,
        result,
        [
          changes.length === 0
            ? `${before} and ${after}: no differences${notes.length === 0 ? "" : " that a load would act on"}`
            : `${before} to ${after}:`,
          ...changes.flatMap(describeChange),
          ...(notes.length === 0 ? [] : ["to note:"]),
          ...notes.flatMap(describeChange),
        ].join("\n"),
      );
      if (changes.length > 0) process.exitCode = exitCodes.dataRefused;
    },
  );

const addSchemaApply: AddCommand = (yargs, context) =>
  yargs.command(
    "apply",
    "Add the schema file's new columns to the table; anything else is refused, with the safe way to do it",
    (options) =>
      options
        .option("type", { ...typeOption, demandOption: true })
        .example(
          "$0 schema apply --type purchase",
          "Loads do it too; this does it without one",
        ),
    async (args) => {
      const { schemaApply } = await import("../../jobs/schema-apply.js");
      const { openOrigin } = await import("../add/open-origin.js");
      const catalog = await context.openCatalog(args, "without_schemas");
      const { table, fields } = await openOrigin(catalog, args.type);
      const result = await context.withWarehouse(catalog, (warehouse) =>
        schemaApply({ table, fields }, { warehouse }),
      );
      const words = !result.exists
        ? `${table}: there is no such table yet; the first load makes it`
        : result.added.length === 0
          ? `${table}: nothing to add`
          : `${table}: added ${result.added.join(", ")}`;
      context.finish(args, result, words);
    },
  );

function describeChange({ message, advice }: SchemaChange): string[] {
  return advice === null ? [message] : [message, `  ${advice}`];
}

interface FileArguments extends GlobalArguments {
  readonly files: readonly string[];
  readonly hour: string | undefined;
}

async function openType(
  context: CommandContext,
  args: GlobalArguments,
  name: string,
) {
  const catalog = await context.openCatalog(args, "without_schemas");
  const { typeKey } = catalog;
  const {
    wrapped = [],
    columns = new Map<string, ColumnRule>(),
    mask = catalog.mask,
  } = catalog.types.get(name) ?? {};
  const converted = new Set(
    [...columns].flatMap(([column, { from }]) => (from === null ? [] : column)),
  );
  return { catalog, name, typeKey, wrapped, converted, mask };
}

async function openSamples(
  context: CommandContext,
  args: FileArguments,
  type: Awaited<ReturnType<typeof openType>> | null,
): Promise<readonly Sample[]> {
  if (args.hour !== undefined && type !== null) {
    const { openStagedType } = await import("../add/staged-type.js");
    const hour = parseFolderHour(args.hour);
    const stage = await context.openStage(type.catalog);
    return (await openStagedType(stage, type.name, hour)).samples;
  }
  const { openSample } = await import("./open-sample.js");
  return args.files.map((name) => ({ name, open: () => openSample(name) }));
}

async function readSide<Fields>(
  name: string,
  read: (file: string) => Promise<Fields>,
): Promise<{ name: string; fields: Fields }> {
  return { name, fields: await read(name) };
}

async function openTableSides(
  context: CommandContext,
  args: GlobalArguments,
  type: string,
  file: string | undefined,
) {
  const { openOrigin, describeTable } = await import("../add/open-origin.js");
  const catalog = await context.openCatalog(args, "without_schemas");
  const origin = await openOrigin(catalog, type, file);
  const { table, fields, schemaFile } = origin;
  return context.withWarehouse(catalog, async (warehouse) => ({
    before: {
      name: `${warehouse.url} ${table}`,
      fields: await describeTable(warehouse, table),
    },
    after: { name: schemaFile, fields },
    table: { name: table, dialect: warehouse.dialect },
  }));
}

const addSchema: AddCommand = (yargs, context) =>
  yargs.command("schema", "Schema files of the log types", (group) => {
    for (const addCommand of [
      addSchemaInfer,
      addSchemaCheck,
      addSchemaExtract,
      addSchemaDiff,
      addSchemaApply,
    ])
      addCommand(group, context);
    return group.demandCommand(1, "a schema command is missing");
  });

export const schemaCommands: readonly AddCommand[] = [addSchema];
