import { expect } from "chai";
import { encodePage } from "../../src/page/encode-page.js";
import type { PageData } from "../../src/page/page-data.js";
import { renderPage } from "../../src/page/render-page.js";
import { hostileNames, sampleModel } from "./sample-model.js";

const assets = {
  html: "<head><!--policy--><!--style--></head><body><!--data--><!--script--></body>",
  style: "b{color:red}",
  script: "'$&'",
};

function readData(html: string): PageData {
  const text =
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(
      html,
    )?.[1];
  return JSON.parse(text ?? "") as PageData;
}

describe("the page's file", () => {
  it("holds the data whole, whatever the types are called", () => {
    const model = sampleModel(hostileNames.length, 3, hostileNames);
    const html = renderPage(model, assets);
    const data = readData(html);
    expect(data.types.map(({ name }) => name)).to.deep.equal([...hostileNames]);
    expect(data).to.deep.equal(JSON.parse(JSON.stringify(encodePage(model))));
    // Ours, and none that a name brought.
    expect(html.match(/<\/?script|<!--|<img/gi)).to.deep.equal([
      "<script",
      "</script",
      "<script",
      "</script",
    ]);
  });

  it("allows its own script and style by their hashes, and no connection", () => {
    const html = renderPage(sampleModel(1, 1), assets);
    const policy =
      /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    expect(policy.split("; ")).to.deep.equal([
      "default-src 'none'",
      "script-src 'sha256-OWvRUW6pAIcmRKDpfIRi4yShTXzhdrB8a9mB/GZOmiY='",
      "style-src 'sha256-ypIZpeWh67Lh3q46jpjGW7VCAJpmEqcFe8Dl5B2rXQU='",
      "img-src data:",
      "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(html.indexOf("Content-Security-Policy")).to.be.lessThan(
      html.indexOf("<style"),
    );
    expect(html).to.include("<script>'$&'</script>");
  });

  it("keeps what is null apart from 0", () => {
    const { types, lines } = encodePage(sampleModel(10, 7));
    const last = lines.length - 1;
    expect(lines[last - 30]).to.equal(-1);
    expect(types[0]?.loaded[last - 30]).to.equal(-1);
    expect(types[0]?.states[last - 30]).to.equal("n");
    expect(types[9]?.loaded[last - 2]).to.equal(0);
    expect(types[9]?.states[last - 2]).to.equal("e");
    expect(types[6]?.staged.slice(-4, -2)).to.deep.equal([
      last - 1,
      types[6]?.staged[3],
    ]);
    expect(types[6]?.staged[3]).to.be.greaterThan(0);
    expect(types[7]?.staged).to.deep.equal([
      last - 4,
      (types[7]?.loaded[last - 4] ?? 0) + 5,
    ]);
  });
});
