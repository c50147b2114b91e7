import { createGzip, gzipSync } from "node:zlib";
import { Readable } from "node:stream";
import type { SetAsideReason } from "../classify/manifest.js";
import {
  compactHour,
  hourPath,
  startOf,
  type FolderHour,
} from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import { createRandom, type Random } from "./random.js";
import { makeSampleRow, type SampleType } from "./sample-row.js";

/** What was written, to compare with what is counted later. */
export interface SampleCounts {
  lines: number;
  blank: number;
  readonly setAside: Partial<Record<SetAsideReason, number>>;
  readonly types: Record<string, number>;
}

export interface SampleHourOptions {
  readonly hour: FolderHour;
  /** Lines with content, broken ones included, over all objects. */
  readonly rows: number;
  readonly seed: number;
  readonly types: readonly [SampleType, ...SampleType[]];
  readonly typeKey: readonly string[];
}

type Packing =
  "plain" | "gzip" | "gzip members" | "crlf, no newline at the end";

const objects: readonly { readonly name: string; readonly packing: Packing }[] =
  [
    { name: "app-1.ndjson", packing: "plain" },
    { name: "app-2.ndjson.gz", packing: "gzip" },
    { name: "web 한글.gz", packing: "gzip members" },
    { name: "windows.log", packing: "crlf, no newline at the end" },
  ];

const uncataloguedType = "coupon_redeemed";
const linesPerMember = 500;

/** Writes an hour of mixed logs: late, broken, odd and non-ASCII lines among them. The same options write the same bytes. */
export async function writeSampleHour(
  store: ObjectStore,
  options: SampleHourOptions,
): Promise<SampleCounts> {
  const counts: SampleCounts = { lines: 0, blank: 0, setAside: {}, types: {} };
  for (const [index, { name, packing }] of objects.entries()) {
    const rows = Math.floor((options.rows + index) / objects.length);
    const lines = makeLines(options, rows, index, counts);
    await store.put(
      `${hourPath(options.hour)}/${name}`,
      packLines(lines, packing),
    );
  }
  return counts;
}

function* makeLines(
  options: SampleHourOptions,
  rows: number,
  objectIndex: number,
  counts: SampleCounts,
): Generator<Buffer> {
  const hourNumber = Number(compactHour(options.hour));
  const random = createRandom(
    (options.seed * 1_000_003 + hourNumber * 31 + objectIndex) | 0,
  );
  const wheel = options.types.flatMap((type) =>
    Array<SampleType>(type.weight).fill(type),
  );
  const startMs = startOf(options.hour).getTime();
  for (let row = 0; row < rows; row++) {
    const type = wheel[random.integer(0, wheel.length - 1)] ?? options.types[0];
    const late = random.chance(0.02);
    const timeMs =
      startMs +
      (late ? -random.integer(1, 300_000) : random.integer(0, 3_599_999));
    const good = makeSampleRow(type, options.typeKey, timeMs, random);
    const turn = row + objectIndex * 7;
    if (turn % 131 === 130) {
      counts.lines++;
      counts.blank++;
      yield Buffer.from(" \t");
    }
    counts.lines++;
    if (turn % 41 === 40) {
      const { reason, bytes } = breakLine(
        good,
        options.typeKey,
        Math.floor(turn / 41),
      );
      counts.setAside[reason] = (counts.setAside[reason] ?? 0) + 1;
      yield bytes;
    } else if (turn % 83 === 82) {
      counts.types[uncataloguedType] =
        (counts.types[uncataloguedType] ?? 0) + 1;
      yield Buffer.from(wrapType(uncataloguedType, options.typeKey));
    } else {
      counts.types[type.name] = (counts.types[type.name] ?? 0) + 1;
      yield Buffer.from(
        random.chance(0.02) ? spellOddly(good, options.typeKey, random) : good,
      );
    }
  }
}

function wrapType(name: string, typeKey: readonly string[]): string {
  return typeKey.reduceRight(
    (value, key) => `{${JSON.stringify(key)}:${value}}`,
    JSON.stringify(name),
  );
}

/** The same object, spelled in another way that JSON.parse reads alike. */
function spellOddly(
  line: string,
  typeKey: readonly string[],
  random: Random,
): string {
  const key = typeKey.at(-1) ?? "";
  const escaped = `"\\u${key.charCodeAt(0).toString(16).padStart(4, "0")}${key.slice(1)}"`;
  return random.chance(0.5)
    ? line.replace(`${JSON.stringify(key)}:`, () => `${escaped} :\t`)
    : ` ${line.slice(0, -1)} } `;
}

function breakLine(
  good: string,
  typeKey: readonly string[],
  turn: number,
): { readonly reason: SetAsideReason; readonly bytes: Buffer } {
  const breakages: readonly (() => {
    readonly reason: SetAsideReason;
    readonly bytes: Buffer;
  })[] = [
    () => ({ reason: "not_json", bytes: Buffer.from(good.slice(0, -1)) }),
    () => ({
      reason: "not_utf8",
      bytes: Buffer.concat([
        Buffer.from(good.slice(0, -1)),
        Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      ]),
    }),
    () => ({ reason: "not_object", bytes: Buffer.from(`[${good}]`) }),
    () => ({
      reason: "no_type",
      bytes: Buffer.from('{"message":"no type here","나이":null}'),
    }),
    () => ({
      reason: "not_json",
      bytes: Buffer.from("Traceback (most recent call last):"),
    }),
    () => ({
      reason: "bad_type_name",
      bytes: Buffer.from(wrapType("../../etc/passwd", typeKey)),
    }),
    () => ({ reason: "not_json", bytes: Buffer.from(`\ufeff${good}`) }),
  ];
  const breakage = breakages[
    turn % breakages.length
  ] as (typeof breakages)[number];
  return breakage();
}

function packLines(
  lines: Iterable<Buffer>,
  packing: Packing,
): AsyncIterable<Uint8Array> {
  switch (packing) {
    case "plain":
      return Readable.from(joinLines(lines, "\n", true));
    case "gzip":
      return Readable.from(joinLines(lines, "\n", true)).pipe(createGzip());
    case "gzip members":
      return Readable.from(gzipMembers(lines));
    case "crlf, no newline at the end":
      return Readable.from(joinLines(lines, "\r\n", false));
  }
}

function* joinLines(
  lines: Iterable<Buffer>,
  ending: string,
  endLast: boolean,
): Generator<Buffer> {
  let first = true;
  for (const line of lines) {
    yield first ? line : Buffer.concat([Buffer.from(ending), line]);
    first = false;
  }
  if (endLast && !first) yield Buffer.from(ending);
}

function* gzipMembers(lines: Iterable<Buffer>): Generator<Buffer> {
  let member: Buffer[] = [];
  for (const line of lines) {
    member.push(line, Buffer.from("\n"));
    if (member.length < linesPerMember * 2) continue;
    yield gzipSync(Buffer.concat(member));
    member = [];
  }
  if (member.length > 0) yield gzipSync(Buffer.concat(member));
}
