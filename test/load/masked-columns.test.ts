import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runCommandLine } from "../../src/commands.js";
import {
  createCommandContext,
  type CommandContext,
} from "../../src/commands/context.js";
import { readEnvironment } from "../../src/environment.js";
import type { MisfitError } from "../../src/errors.js";
import { findPackageRoot } from "../../src/package-root.js";

const root = findPackageRoot();
const hour = "2026-11-21T03";
const secret = "anna@example.com";
const schema = [
  { name: "log_type", type: "STRING" },
  { name: "id", type: "INTEGER" },
  {
    name: "customer",
    type: "RECORD",
    fields: [
      { name: "email", type: "INTEGER" },
      { name: "age", type: "INTEGER" },
    ],
  },
  { name: "phone", type: "STRING" },
];
/** Each is a row in which the secret stands at, or below, a masked column, but for the last: it fits. */
const rows = [
  { id: "n/a", customer: { email: secret, age: 3 } },
  { customer: { email: { [secret]: secret }, age: "x" } },
  { customer: secret },
  { customer: JSON.stringify({ email: secret }) },
  { customer: [{ email: [secret] }], id: 0.5 },
  { CUSTOMER: { EMAIL: secret }, customer: { email: secret } },
  { "customer.email": secret, "customer.email.x": secret },
  { id: 7, customer: { email: 7, age: 7, [secret]: null } },
  { id: 8, phone: secret },
].map((row) => JSON.stringify({ log_type: "signup", ...row }));

describe("a masked column", function () {
  this.timeout(300_000);
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-mask-"));
    mkdirSync(join(directory, "schemas/tables"), { recursive: true });
    mkdirSync(join(directory, "source/2026/11/21/03"), { recursive: true });
    writeFileSync(
      join(directory, "schemas/tables/signup.json"),
      JSON.stringify(schema),
    );
    writeRows(rows);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function writeRows(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join("");
    writeFileSync(join(directory, "source/2026/11/21/03/a.ndjson"), text);
  }

  function writeCatalog(settings: string, top = "mask: [phone]"): void {
    writeFileSync(
      join(directory, "catalog.yaml"),
      `source: file:${join(directory, "source")}\nstage: file:${join(directory, "stage")}\nwarehouse: duckdb:${join(directory, "w.duckdb")}\ntype_key: log_type\n${top}\ntypes:\n  signup: { ${settings} }\n`,
    );
  }

  /** What a command of this process tells: its log, its result in words and as JSON, or its refusal. */
  async function sluice(...words: readonly string[]) {
    const told: string[] = [];
    const tell = (about: object, message: string) => {
      told.push(`${message} ${JSON.stringify(about)}`);
    };
    const context: CommandContext = {
      ...createCommandContext(
        readEnvironment({ SLUICE_SPOOL: join(directory, "spool") }),
      ),
      openLog: () => Promise.resolve({ info: tell, warn: tell }),
      finish: (_args, result, said) => {
        told.push(said, JSON.stringify(result));
      },
    };
    const file = join(directory, "catalog.yaml");
    try {
      await runCommandLine([...words, "--catalog", file], context);
    } catch (error) {
      // By its fields: mocha and the command's import() have a class of errors each.
      const { exitCode, misfits, message } = error as Partial<MisfitError>;
      if (exitCode === undefined || message === undefined) throw error;
      process.exitCode = exitCode;
      told.push(message, JSON.stringify(misfits));
    }
    const status = process.exitCode ?? 0;
    process.exitCode = 0;
    return { status, told: told.join("\n") };
  }

  /** The same, of a process of its own: all that it writes. */
  function spawnSluice(...words: readonly string[]): string {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, "dist/src/main.js"), ...words].concat(
        ...["--catalog", join(directory, "catalog.yaml")],
      ),
      { cwd: root, encoding: "utf8", env: { PATH: process.env["PATH"] } },
    );
    return stdout + stderr;
  }

  async function classify(): Promise<void> {
    const words = ["classify", "--hour", hour, "--workers", "1"];
    const { status, told } = await sluice(...words);
    expect(status, told).to.equal(0);
  }

  const load = ["load", "--type", "signup", "--hour", hour];
  const check = ["schema", "check", "--type", "signup", "--hour", hour];

  it("shows its values in no refusal and in no check of rows, and other columns' as ever", async () => {
    // A key beside the masked one is no part of it.
    writeRows(rows.filter((row) => !row.includes(`"${secret}":null`)));
    writeCatalog("");
    await classify();
    for (const words of [load, check])
      expect((await sluice(...words)).told).to.include(secret);
    writeCatalog("mask: [customer.email]");
    for (const words of [load, check]) {
      const { status, told } = await sluice(...words);
      expect(status, told).to.equal(3);
      expect(told).not.to.include(secret);
      expect(told).to.include("***").and.to.include("n/a");
      expect(told).to.include("found a string");
    }
  });

  it("shows its values and keys nowhere when rows are set aside, but in the file of rows", async () => {
    writeCatalog("mask: [customer], on_bad_row: quarantine, max_bad: 1");
    await classify();
    const range = ["--from", hour, "--to", hour];
    const commands = [
      load,
      ["run", ...range, "--workers", "1"],
      ["replay", "--list", ...range],
      ["replay", ...range],
      ["watch", "--hour", hour],
      ["status", ...range],
    ];
    for (const words of commands) {
      const { status, told } = await sluice(...words);
      expect(status, told).to.equal(0);
      expect(told, words.join(" ")).not.to.include(secret);
    }
    const written = spawnSluice(...load, "--json");
    expect(written).to.include('"level":40').and.to.include("customer.***");
    expect(written).not.to.include(secret);

    const folder = join(directory, "stage/_quarantine/signup/2026/11/21/03");
    const [file = ""] = readdirSync(folder);
    const lines = readFileSync(join(folder, file), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { row: string; misfits: object });
    expect(lines.map(({ row }) => row)).to.deep.equal(rows.slice(0, -1));
    expect(JSON.stringify(lines.map(({ misfits }) => misfits)))
      .to.include("customer.***")
      .and.not.to.include(secret);
  });

  it("shows its values in no words of schema infer, schema check and add, by --mask or by the catalog", () => {
    const file = join(directory, "logins.ndjson");
    const schemaFile = join(directory, "schemas/tables/signup.json");
    const row = { id: 1, customer: { email: secret }, phone: secret };
    writeFileSync(file, JSON.stringify({ log_type: "login", ...row }));
    const infer = ["schema", "infer", file];
    const judge = ["schema", "check", file, "--schema", schemaFile];
    const add = ["add", "login", "--sample", file];
    writeCatalog("");
    for (const words of [infer, judge]) {
      expect(spawnSluice(...words)).to.include(secret);
      for (const mask of ["customer.email, phone", "*"])
        for (const more of [[], ["--json"]])
          expect(spawnSluice(...words, "--mask", mask, ...more))
            .to.include("***")
            .and.not.to.include(secret);
    }
    writeCatalog("", "mask: [phone, customer]");
    for (const words of [[...infer, "--type", "login"], add])
      expect(spawnSluice(...words))
        .to.include("***")
        .and.not.to.include(secret);
  });

  for (const [mask, entry] of [
    ["user.email", "mask: [user.email]"],
    ["*", "mask: [log_type, id, user]"],
  ] as const)
    it(`is named by the entry of a type that add was told to mask by ${mask}`, () => {
      writeCatalog("");
      const file = join(directory, "logins.ndjson");
      writeFileSync(
        file,
        `{"log_type":"login","id":1,"user":{"email":"${secret}"}}\n`,
      );
      const words = ["add", "login", "--sample", file, "--mask", mask];
      const told = spawnSluice(...words);
      expect(told).to.include("wrote").and.not.to.include(secret);
      expect(readFileSync(join(directory, "catalog.yaml"), "utf8")).to.include(
        entry,
      );
      expect(spawnSluice(...words)).to.include("has an entry of login already");
    });

  it("is not quoted by DuckDB's own words about a conversion", async () => {
    writeRows(rows.slice(-1));
    const settings = 'columns: { phone: { sql: "CAST(phone AS INTEGER)" } }';
    for (const top of ["", "mask: [phone]"]) {
      writeCatalog(settings, top);
      await classify();
      const { status, told } = await sluice(...load);
      expect(status, told).to.equal(3);
      expect(told).to.include("a column's conversion failed");
      expect(told.includes(secret), told).to.equal(top === "");
    }
  });
});
