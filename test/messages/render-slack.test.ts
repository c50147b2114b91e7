import { expect } from "chai";
import fc from "fast-check";
import { renderSlack } from "../../src/messages/render-slack.js";
import { hostileNames, makeMessage, makeTable } from "./messages.js";

describe("a message in Slack's blocks", () => {
  it("is a header, sections of text and code, and a link", () => {
    const [page, ...others] = renderSlack(makeMessage());

    expect(others).to.deep.equal([]);
    expect(page?.text).to.equal("Logs of 2026-11-20");
    expect(
      page?.blocks.map(({ type, text }) => [type, text.text]),
    ).to.deep.equal([
      ["header", "Logs of 2026-11-20"],
      ["section", "All is well."],
      [
        "section",
        "```\nlog type      n0       n1\npurchase   1,234  no data\n구매_로그  1,234  no data\n```",
      ],
      ["section", "```\nsluice status --from A --to B\n```"],
      ["section", "<https://wiki.example/a?b=1&amp;c=2|Runbook>"],
    ]);
  });

  it("lets no name act: no mention, no link, no end of the code", () => {
    const parts = [
      makeTable(hostileNames),
      { kind: "code" as const, lines: hostileNames },
      ...hostileNames.flatMap((text) => [
        { kind: "heading" as const, text },
        { kind: "paragraph" as const, text },
        { kind: "link" as const, text, url: "https://wiki.example/|>" },
        { kind: "link" as const, text, url: "javascript:alert(1)" },
      ]),
    ];
    for (const { text, blocks } of renderSlack({
      title: hostileNames.join(" "),
      parts,
    })) {
      expect(text).not.to.match(/[<>]/);
      const marked = blocks.flatMap((block) =>
        block.text.type === "mrkdwn" ? [block.text.text] : [],
      );
      expect(marked.length).to.be.above(0);
      for (const markup of marked) {
        const code = /^```\n([^`<>]*)```$/.test(markup);
        const link = /^<https:\/\/wiki\.example\/%7C%3E\|[^<>`\n]*>$/.test(
          markup,
        );
        expect(code || link, markup).to.equal(true);
      }
    }
  });

  it("is spread over pages with the table's head on each block, and loses no row", () => {
    const names = Array.from(
      { length: 900 },
      (_, index) => `type_${index}_구매`,
    );
    const pages = renderSlack(makeMessage({ parts: [makeTable(names)] }));

    expect(pages.length).to.be.above(2);
    expect(pages.map(({ text }) => text.slice(-6).trim())[0]).to.equal(
      `(1/${pages.length})`,
    );
    const blocks = pages.flatMap((page) => page.blocks);
    for (const block of blocks)
      expect(block.text.text).to.match(/^```\nlog type/);
    const found = blocks.flatMap((block) =>
      [...block.text.text.matchAll(/^type_\d+_구매/gm)].map(([name]) => name),
    );
    expect(found).to.deep.equal(names);
  });

  it("keeps within Block Kit's limits whatever it is given", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 4000 });
    const part = fc.oneof(
      text.map((said) => ({ kind: "heading" as const, text: said })),
      text.map((said) => ({ kind: "paragraph" as const, text: said })),
      fc.array(text, { maxLength: 5 }).map((lines) => ({
        kind: "code" as const,
        lines,
      })),
      fc.array(text, { maxLength: 40 }).map((names) => makeTable(names)),
      fc
        .tuple(text, fc.webUrl())
        .map(([said, url]) => ({ kind: "link" as const, text: said, url })),
    );
    fc.assert(
      fc.property(text, fc.array(part, { maxLength: 70 }), (title, parts) => {
        for (const { blocks } of renderSlack({ title: `t${title}`, parts })) {
          expect(blocks.length).to.be.within(1, 50);
          let sum = 0;
          for (const block of blocks) {
            expect(block.text.text.length).to.be.within(
              1,
              block.type === "header" ? 150 : 3000,
            );
            sum += block.text.text.length;
          }
          expect(sum).to.be.at.most(9000);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("splits a line that is longer than a section, and keeps its letters", () => {
    const line = "&".repeat(5000);
    const [page] = renderSlack(
      makeMessage({ parts: [{ kind: "code", lines: [line] }] }),
    );
    const all = renderSlack(
      makeMessage({ parts: [{ kind: "code", lines: [line] }] }),
    )
      .flatMap(({ blocks }) => blocks.map((block) => block.text.text))
      .join("");
    expect(page?.blocks.length).to.be.above(1);
    expect(all.match(/&amp;/g)?.length).to.equal(5000);
  });
});
