import type { Catalog } from "../catalog/catalog.js";
import type { FolderHour } from "../folder-hour.js";
import type { Message, MessagePart } from "../ports/messenger.js";
import { shellWords } from "../shell-words.js";
import { countOf } from "../count-of.js";
import type { AlertFinding, AlertKind, Incident, LossStage } from "./model.js";

/** Each stage as a place, in the pipe's order. */
export const placeOf: Readonly<Record<LossStage, string>> = {
  source: "at the source",
  classify: "in classify",
  set_aside: "set aside by classify",
  load: "in load",
};

const openings: Readonly<Record<AlertKind, string>> = {
  open: "",
  update: "Still: ",
  over: "Over: ",
};

export type AlertCatalog = Pick<Catalog, "types" | "airflow">;

const typesTold = 30;
const hoursTold = 12;

export interface AlertSubject {
  readonly kind: AlertKind;
  readonly incident: Incident;
  /** Of the last hour that broke a rule; none where nothing new was found. */
  readonly findings: readonly AlertFinding[];
  /** The hour that was watched. */
  readonly hour: FolderHour;
}

/** One incident in words: what, where in the pipe, expected, found, since when, whose, and the commands to look and to reload. */
export function describeAlert(
  subject: AlertSubject,
  catalog: AlertCatalog,
): Message {
  const title = describeTitle(subject);
  const { kind } = subject;
  const parts: MessagePart[] = [
    { kind: "heading", text: title },
    { kind: "paragraph", text: describeTime(subject).join("\n") },
    ...(kind === "over" ? [] : describeFindings(subject, catalog)),
    ...describeUndone(subject),
  ];
  return { title, parts: [...parts, ...describeCommands(subject, catalog)] };
}

function describeTitle({ kind, incident }: AlertSubject): string {
  const { rule, stage, since, lastBad } = incident;
  const when = since === lastBad ? since : `${since} to ${lastBad}`;
  return `${openings[kind]}${nameSubject(incident)}: ${rule} ${placeOf[stage]}, ${when}`;
}

function nameSubject({ types }: Incident): string {
  const [first, ...others] = types;
  if (first === undefined) return "the whole hour";
  return others.length === 0 ? first : `${types.length} types`;
}

function describeTime({ kind, incident, hour }: AlertSubject): string[] {
  const { since, lastBad, closed, rule, kind: what, undone } = incident;
  const range =
    since === lastBad ? `Hour ${since}` : `Since ${since}, last ${lastBad}`;
  const lines = [`${range} (UTC). Rule: ${rule}.`];
  if (kind === "over" && what === "undone")
    return [
      ...lines,
      undone.length === 0
        ? `All that waited was loaded when ${closed ?? hour} was watched.`
        : `Later hours are fine up to ${closed ?? hour}; what is named below was never loaded.`,
    ];
  if (kind === "over")
    return [
      ...lines,
      `Nothing of it was found any more in ${closed ?? hour}. Rows that were lost do not come back by themselves.`,
    ];
  if (kind === "update") lines.push(`It goes on in ${hour}.`);
  else if (closed !== null) lines.push(`It was over in ${closed}.`);
  return lines;
}

function describeFindings(
  { findings, incident }: AlertSubject,
  catalog: AlertCatalog,
): MessagePart[] {
  const [only, ...others] = findings;
  if (only === undefined) return describeOwners(incident, catalog);
  if (others.length === 0)
    return [
      {
        kind: "paragraph",
        text: [
          `Found: ${only.found}`,
          ...(only.expected === null ? [] : [`Expected: ${only.expected}`]),
          `Where: ${placeOf[only.stage]}`,
          ...only.details,
          ...ownerLines([only.type], catalog),
        ].join("\n"),
      },
    ];
  const more = findings.length - typesTold;
  // Details are mostly the same for all of them: those that most share are told.
  const details = [...new Set(findings.flatMap((each) => each.details))];
  return [
    {
      kind: "paragraph",
      text: [`Where: ${placeOf[incident.stage]}`, ...details.slice(0, 3)].join(
        "\n",
      ),
    },
    {
      kind: "table",
      columns: [
        { name: "log type", align: "left" },
        { name: "found", align: "left" },
        { name: "expected", align: "left" },
        { name: "owner", align: "left" },
      ],
      rows: findings
        .slice(0, typesTold)
        .map(({ type, found, expected }) => [
          type ?? "",
          found,
          expected ?? "",
          catalog.types.get(type ?? "")?.owner ?? "",
        ]),
    },
    ...(more > 0
      ? [{ kind: "paragraph", text: `and ${more} more` } as const]
      : []),
  ];
}

function describeOwners(
  { types }: Incident,
  catalog: AlertCatalog,
): MessagePart[] {
  const lines = ownerLines(types, catalog);
  return lines.length === 0
    ? []
    : [{ kind: "paragraph", text: lines.join("\n") }];
}

function ownerLines(
  types: readonly (string | null)[],
  catalog: AlertCatalog,
): string[] {
  const owners = new Set(
    types.flatMap((type) => catalog.types.get(type ?? "")?.owner ?? []),
  );
  return owners.size === 0 ? [] : [`Owner: ${[...owners].join(", ")}`];
}

function describeUndone({ incident }: AlertSubject): MessagePart[] {
  const { undone } = incident;
  const hours = [...new Set(undone.map(({ hour }) => hour))].sort();
  if (hours.length === 0) return [];
  const told = hours.slice(0, hoursTold).join(", ");
  const more =
    hours.length > hoursTold ? ` and ${hours.length - hoursTold} more` : "";
  return [
    {
      kind: "paragraph",
      text: `Not loaded yet: ${countOf(hours.length, "hour")}: ${told}${more}`,
    },
  ];
}

function describeCommands(
  { incident, kind, hour }: AlertSubject,
  catalog: AlertCatalog,
): MessagePart[] {
  const { since, lastBad, rule, stage } = incident;
  const range = ["--from", since, "--to", lastBad];
  const look = [
    ["sluice", "status", ...range],
    ...(stage === "load" && incident.kind === "set_aside"
      ? [["sluice", "replay", "--list", ...range]]
      : []),
    ...explainCommands(incident, catalog),
    ["sluice", "watch", "--hour", kind === "over" ? hour : lastBad],
  ];
  if (rule === "unknown_type") {
    return toCode("To look:", look, "To give it a table:", [
      ["sluice", "add", incident.types[0] ?? "TYPE", "--hour", lastBad],
    ]);
  }
  // Of what was late nothing lacks, and of what is over neither, unless it waits.
  const isDone = kind === "over" || incident.kind === "late";
  return isDone && incident.undone.length === 0
    ? toCode("To look:", look)
    : toCode("To look:", look, ...mendCommands(incident, catalog));
}

function explainCommands(
  { stage, types }: Incident,
  catalog: AlertCatalog,
): string[][] {
  if (catalog.airflow === null) return [];
  if (stage === "classify" && types.length === 0)
    return [["sluice", "explain", "log_classification"]];
  const table = catalog.types.get(types[0] ?? "")?.table;
  return stage === "load" && table !== undefined
    ? [["sluice", "explain", `load_${table}`]]
    : [];
}

/** Hints, each with its commands. An hour is always classified whole: to load some of its types alone leaves the others behind. */
function mendCommands(
  incident: Incident,
  catalog: AlertCatalog,
): (string | string[][])[] {
  const { since, lastBad, types, stage, kind } = incident;
  const range = ["--from", since, "--to", lastBad];
  const again =
    catalog.airflow === null
      ? ["sluice", "run", ...range]
      : [
          ...["airflow", "dags", "trigger", "log_reload"],
          ...["--conf", JSON.stringify({ from: since, to: lastBad })],
        ];
  if (kind === "too_many" || kind === "repeated")
    return ["Once its cause is mended, to reload:", [again]];
  if (stage === "load" && kind !== "undone")
    return [
      "Once the schema or the catalog takes the rows that were set aside, to load them:",
      types.map((type) => ["sluice", "replay", "--type", type, ...range]),
    ];
  if (kind === "undone" && stage === "classify" && types.length > 0)
    return [
      "To classify and load all of it again, with a catalog that has the type:",
      [again],
    ];
  return [
    mendHint(incident),
    [["sluice", "reconcile", ...range, "--run"]],
    "Or, to classify and load all of it again:",
    [again],
  ];
}

function mendHint({ stage }: Incident): string {
  switch (stage) {
    case "source":
      return "Once the lines are at the source, to reload what is behind it:";
    case "classify":
    case "load":
      return "To do what is left undone:";
    case "set_aside":
      return "Once the lines at the source are mended, to reload what is behind it:";
  }
}

function toCode(
  ...sections: readonly (string | readonly (readonly string[])[])[]
): MessagePart[] {
  return sections.map((section) =>
    typeof section === "string"
      ? { kind: "paragraph", text: section }
      : { kind: "code", lines: section.map(shellWords) },
  );
}
