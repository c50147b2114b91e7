import { createRequire } from "node:module";
import type { OddCase } from "./odd-cases.js";

interface Kind {
  readonly name: string;
  readonly examples: readonly object[];
}

const kinds = createRequire(import.meta.url)(
  "@octokit/webhooks-examples",
) as readonly Kind[];

/** The payloads that GitHub documents, by kind. */
export const webhookCases: readonly OddCase[] = kinds.map(
  ({ name, examples }) => ({
    title: name,
    rows: examples.map((example) => JSON.stringify(example)),
  }),
);

/** All payloads of the kind that has most of them, again and again. */
export function repeatWebhooks(sizeBytes: number): {
  readonly kind: string;
  readonly text: string;
} {
  const [most] = webhookCases.toSorted(
    (one, other) => other.rows.length - one.rows.length,
  );
  const text = `${(most?.rows ?? []).join("\n")}\n`;
  return {
    kind: most?.title ?? "",
    text: text.repeat(Math.ceil(sizeBytes / Buffer.byteLength(text))),
  };
}
