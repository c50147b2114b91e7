import { isUtf8 } from "node:buffer";
import type { SetAsideReason } from "./manifest.js";
import { routeLine, type Route } from "./route-line.js";
import { verdicts, type LineScanner } from "./scanner/line-scanner.js";
import {
  keptHeadBytes,
  type Splitter,
  type SplitSink,
  type SplitterOptions,
} from "./splitter.js";

const lf = 0x0a;
const cr = 0x0d;

/** Bytes that are scanned at once, besides the rest of a line from before. */
const blockBytes = 256 * 1024;

const reasonByVerdict: Readonly<Record<number, SetAsideReason>> = {
  [verdicts.notJson]: "not_json",
  [verdicts.notObject]: "not_object",
  [verdicts.noType]: "no_type",
};

/**
 * A splitter that scans the lines in WebAssembly, and asks JSON.parse for the few that the scanner does not decide.
 * The input lies in the scanner's memory: first the line that is not whole yet, then the bytes that were pushed.
 */
export function createScanSplitter(
  scanner: LineScanner,
  sink: SplitSink,
  { typeKey, maxLineBytes }: SplitterOptions,
): Splitter {
  const start = scanner.inputStart;
  /** Names by id, as far as they were asked for. */
  const names: string[] = [];
  /** Bytes of the line that is not whole yet. */
  let restBytes = 0;
  /** That line is too long: the rest is its head, and this much behind it was dropped. */
  let droppedBytes: number | null = null;
  let lines = 0;
  let blank = 0;
  /** In the object's plain bytes: where the input in the memory begins. */
  let offset = 0;

  const nameOf = (id: number): string => (names[id] ??= scanner.nameOf(id));

  const refuse = (
    reason: SetAsideReason,
    line: number,
    begin: number,
    end: number,
  ): void => {
    const kept =
      reason === "too_long" ? Math.min(end, begin + keptHeadBytes) : end;
    sink.takeRefused({
      reason,
      line,
      offset: offset + begin - start,
      lengthBytes: end - begin,
      bytes: scanner.memory.subarray(begin, kept),
    });
  };

  const passBuffer = (id: number): void => {
    const taken = scanner.takeBuffer(id);
    if (taken !== null) sink.takeLines(nameOf(id), taken.rows, taken.bytes);
  };

  /** Passes on one line that no buffer takes; writes its LF over its CR. */
  const passLine = (type: string, begin: number, end: number): void => {
    const { memory } = scanner;
    const last = end > begin && memory[end - 1] === cr ? end - 1 : end;
    memory[last] = lf;
    sink.takeLines(type, 1, memory.subarray(begin, last + 1));
  };

  /** The reason why the line is refused, its type, or null where it is blank. */
  const judge = (
    verdict: number,
    begin: number,
    end: number,
    isKnownUtf8: boolean,
  ): Route | null => {
    const line = scanner.memory.subarray(begin, end);
    if (line.length > maxLineBytes) return { reason: "too_long" };
    if (verdict === verdicts.blank) return null;
    if (!isKnownUtf8 && !isUtf8(line)) return { reason: "not_utf8" };
    if (verdict === verdicts.slow) return routeLine(line, true, typeKey);
    const reason = reasonByVerdict[verdict];
    return reason === undefined ? { type: nameOf(verdict) } : { reason };
  };

  /** Settles each line of the last scan: what has no type's id then is not collected. */
  const settleLines = (
    from: number,
    count: number,
    isKnownUtf8: boolean,
  ): void => {
    let begin = from;
    for (let index = 0; index < count; index += 1) {
      const next = from + scanner.lineEnd(index);
      const verdict = scanner.verdict(index);
      const route = judge(verdict, begin, next - 1, isKnownUtf8);
      if (route === null) {
        blank += 1;
      } else if ("reason" in route) {
        scanner.setVerdict(index, verdicts.notJson);
        refuse(route.reason, lines + index + 1, begin, next - 1);
      } else if (verdict === verdicts.slow) {
        const id = scanner.intern(route.type);
        if (id === null) passLine(route.type, begin, next - 1);
        else scanner.setVerdict(index, id);
      }
      begin = next;
    }
  };

  const collectLines = (from: number, count: number): void => {
    let done = scanner.collect(from, count, 0);
    let retried = -1;
    while (done < count) {
      const id = scanner.verdict(done);
      passBuffer(id);
      if (retried === done) {
        const begin = done === 0 ? from : from + scanner.lineEnd(done - 1);
        passLine(nameOf(id), begin, from + scanner.lineEnd(done) - 1);
        done += 1;
      }
      retried = done;
      done = scanner.collect(from, count, done);
    }
  };

  /** Scans whole lines from `from` on, as many as one call takes; returns where it stopped. */
  const scanLines = (from: number, end: number): number => {
    const count = scanner.scan(from, end);
    const next = from + scanner.lineEnd(count - 1);
    const utf8 = isUtf8(scanner.memory.subarray(from, next));
    if (!utf8 || scanner.otherLines > 0 || next - from > maxLineBytes)
      settleLines(from, count, utf8);
    collectLines(from, count);
    lines += count;
    return next;
  };

  const scanWholeLines = (end: number): void => {
    for (let from = start; from < end;) from = scanLines(from, end);
    offset += end - start;
  };

  const dropPastLimit = (): void => {
    if (restBytes <= Math.max(maxLineBytes, keptHeadBytes)) return;
    const head = Math.min(restBytes, keptHeadBytes);
    droppedBytes = restBytes - head;
    restBytes = head;
  };

  const finishDroppedLine = (dropped: number): void => {
    lines += 1;
    const lengthBytes = restBytes + dropped;
    const bytes = scanner.memory.subarray(start, start + restBytes);
    sink.takeRefused({
      reason: "too_long",
      line: lines,
      offset,
      lengthBytes,
      bytes,
    });
    offset += lengthBytes + 1;
    restBytes = 0;
    droppedBytes = null;
  };

  const pushBlock = (block: Uint8Array): void => {
    scanner.reserve(restBytes + block.length + 1);
    const { memory } = scanner;
    memory.set(block, start + restBytes);
    const end = start + restBytes + block.length;
    const wholeEnd = start + restBytes + block.lastIndexOf(lf) + 1;
    if (wholeEnd > start + restBytes) {
      scanWholeLines(wholeEnd);
      memory.copyWithin(start, wholeEnd, end);
      restBytes = end - wholeEnd;
    } else {
      restBytes += block.length;
    }
    dropPastLimit();
  };

  return {
    kind: "scanner",
    flush() {
      for (let id = verdicts.firstType; id < scanner.typeIdLimit; id += 1)
        passBuffer(id);
    },
    push(bytes) {
      for (let at = 0; at < bytes.length;) {
        let block = bytes.subarray(at, at + blockBytes);
        if (droppedBytes !== null) {
          const found = block.indexOf(lf);
          if (found >= 0) finishDroppedLine(droppedBytes + found);
          else droppedBytes += block.length;
          block = block.subarray(0, found < 0 ? block.length : found + 1);
        } else {
          pushBlock(block);
        }
        at += block.length;
      }
    },
    end() {
      if (droppedBytes !== null) {
        finishDroppedLine(droppedBytes);
      } else if (restBytes > 0) {
        scanner.memory[start + restBytes] = lf;
        scanWholeLines(start + restBytes + 1);
      }
      const counts = { lines, blank, bytes: offset };
      [restBytes, lines, blank, offset] = [0, 0, 0, 0];
      return counts;
    },
  };
}
