import { expect } from "chai";
import { renderHtml } from "../../src/messages/render-html.js";
import { hostileNames, makeMessage, makeTable } from "./messages.js";

describe("a message as HTML", () => {
  it("shows every part", () => {
    const html = renderHtml(makeMessage());

    expect(html).to.include("<title>Logs of 2026-11-20</title>");
    expect(html).to.include("All is well.");
    expect(html).to.match(/<td [^>]*text-align:left">구매_로그<\/td>/);
    expect(html).to.include("sluice status --from A --to B</pre>");
    expect(html).to.match(
      /<a href="https:\/\/wiki\.example\/a\?b&#x3D;1&amp;c&#x3D;2">Runbook<\/a>/,
    );
  });

  it("lets no name act", () => {
    const html = renderHtml({
      title: hostileNames.join(" "),
      parts: [
        makeTable(hostileNames),
        ...hostileNames.flatMap((text) => [
          { kind: "heading" as const, text },
          { kind: "paragraph" as const, text },
          { kind: "code" as const, lines: [text] },
          { kind: "link" as const, text, url: 'https://x.example/"onclick=' },
          { kind: "link" as const, text, url: "javascript:alert(1)" },
        ]),
      ],
    });
    const tags = new Set(
      [...html.matchAll(/<(\/?[a-z!][^\s>]*)/gi)].map(([, tag]) => tag),
    );
    expect([...tags].map((tag) => tag?.replace("/", "")).sort()).to.deep.equal([
      ...["!doctype", "a", "a", "body", "body", "br", "h2", "h2", "head"],
      ...["head", "html", "html", "meta", "p", "p", "pre", "pre", "table"],
      ...["table", "tbody", "tbody", "td", "td", "th", "th", "thead"],
      ...["thead", "title", "title", "tr", "tr"],
    ]);
    expect(html).not.to.match(
      /href="(?!https:\/\/x\.example\/%22onclick&#x3D;")/,
    );
    expect(html).not.to.match(/[\r\u202e]/);
  });
});
