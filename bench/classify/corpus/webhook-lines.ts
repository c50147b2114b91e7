import { createRequire } from "node:module";
import { createDice } from "./dice.js";
import type { LineSource } from "./line-source.js";
import type { TypeKey } from "./type-key.js";

interface WebhookKind {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Template {
  readonly type: string;
  /** The payload without its outer braces, cut where an id was. */
  readonly pieces: readonly string[];
}

const idValue = /(?<="(?:id|number|size|run_id|check_suite_id)":)\d+/;

/**
 * GitHub's own example payloads, one after the other, each with fresh ids and its event's name at the type key, which one shipper
 * puts in front and another at the end.
 */
export function createWebhookLines(typeKey: TypeKey, seed: number): LineSource {
  const dice = createDice(seed);
  const templates = readTemplates(typeKey.top);
  let turn = 0;
  return {
    types: [...new Set(templates.map(({ type }) => type))],
    next() {
      const template = templates[turn % templates.length];
      if (template === undefined) throw new Error("no payloads were found");
      turn += 1;
      let payload = template.pieces[0] ?? "";
      for (let index = 1; index < template.pieces.length; index += 1)
        payload += String(dice.below(1e9)) + (template.pieces[index] ?? "");
      const member = typeKey.member(template.type);
      const text =
        dice.below(2) === 0
          ? `{${member},${payload}}`
          : `{${payload},${member}}`;
      return { type: template.type, text };
    },
  };
}

/** Event after event of different kinds, as they come in; a payload's own member of the type key's name gives way to ours. */
function readTemplates(reservedKey: string): Template[] {
  const kinds = createRequire(import.meta.url)(
    "@octokit/webhooks-examples",
  ) as readonly WebhookKind[];
  const longest = Math.max(...kinds.map(({ examples }) => examples.length));
  return Array.from({ length: longest }).flatMap((_, turn) =>
    kinds.flatMap(({ name, examples }) => {
      const example = examples[turn];
      if (example === undefined) return [];
      const members = Object.entries(example).filter(
        ([key]) => key !== reservedKey,
      );
      const payload = JSON.stringify(Object.fromEntries(members)).slice(1, -1);
      return [{ type: name, pieces: payload.split(idValue) }];
    }),
  );
}
