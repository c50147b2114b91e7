import { expect } from "chai";
import fc from "fast-check";
import {
  toInertTemplate,
  toInertValue,
} from "../../src/dags/inert-template.js";
import {
  pythonDatetime,
  pythonLines,
  pythonLiteral,
  type PythonValue,
} from "../../src/dags/python-literal.js";
import { hostileTexts } from "./hostile-catalog.js";
import { runPython } from "./run-python.js";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(
      "\\",
      '"',
      "'",
      "{",
      "}",
      "%",
      "#",
      "\n",
      "\r",
      "x",
      "\ud800",
      "\u2028",
      ".json",
    ),
  }),
);

describe("the Python literal of a value", () => {
  const cases: [PythonValue, string][] = [
    [null, "None"],
    [true, "True"],
    [false, "False"],
    [0, "0"],
    [-1.5, "-1.5"],
    [1e21, "1e+21"],
    ['a"b', '"a\\"b"'],
    ["a\\", '"a\\\\"'],
    ["a\nb\r", '"a\\nb\\x0d"'],
    ["\u2028", '"\\u2028"'],
    ["\ud800", '"\\ud800"'],
    ["🧾", '"\\U0001f9fe"'],
    [["a", [1, null]], '["a", [1, None]]'],
    [{ cpu: "1", "{{": false }, '{"cpu": "1", "{{": False}'],
    [[], "[]"],
    [{}, "{}"],
  ];
  for (const [value, literal] of cases)
    it(`of ${JSON.stringify(value)} is ${literal}`, () => {
      expect(pythonLiteral(value)).to.equal(literal);
    });

  it("is refused for numbers that Python has no literal for", () => {
    for (const value of [NaN, Infinity, -Infinity])
      expect(() => pythonLiteral(value)).to.throw(RangeError);
  });

  it("of a date is a call with its UTC parts", () => {
    expect(pythonDatetime(new Date("2026-01-31T09:00:00+09:00"))).to.equal(
      "datetime(2026, 1, 31, 0, 0, 0, tzinfo=timezone.utc)",
    );
    expect(() => pythonDatetime(new Date(NaN))).to.throw(RangeError);
  });

  it("is read back by Python as the same value, whatever the value", () => {
    const value = fc.letrec<{ value: PythonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        anyText,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(
          anyText.filter((key) => key !== "__proto__"),
          tie("value"),
          { maxKeys: 4 },
        ),
      ),
    })).value;
    const values = [...fc.sample(value, 2000), ...hostileTexts];
    const wrong = runPython(
      `
import ast, json, sys
def same(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, bool) or a is None or isinstance(a, str):
        return type(a) is type(b) and a == b
    return not isinstance(b, (bool, str)) and a == b
print(json.dumps([i for i, (value, literal) in enumerate(json.load(sys.stdin)) if not (literal.isascii() and literal.isprintable() and same(value, ast.literal_eval(literal)))]))
`,
      values.map((each) => [each, pythonLiteral(each)]),
    );
    expect((wrong as number[]).map((index) => values[index])).to.deep.equal([]);
  });

  it("of a long text is split at its lines, which together are the text", () => {
    const texts = [...fc.sample(anyText, 500), ...hostileTexts];
    const read = runPython(
      "import ast, json, sys; print(json.dumps([ast.literal_eval(text) for text in json.load(sys.stdin)]))",
      texts.map((text) => `(${pythonLines(text).join("\n")})`),
    );
    expect(read).to.deep.equal(texts);
  });
});

describe("a text in a field that Airflow renders", () => {
  for (const text of [
    "",
    "registry.example/sluice:1.0.0",
    "100m",
    "a % b # c",
    "page_view",
  ])
    it(`stays as it is where nothing in it is special: ${JSON.stringify(text)}`, () => {
      expect(toInertTemplate(text)).to.equal(text);
    });

  it("is one string constant otherwise, which holds the text and no other brace", () => {
    const texts = [...fc.sample(anyText, 2000), ...hostileTexts];
    const constants = texts.map(toInertTemplate).map((template, index) => {
      if (template === texts[index]) return null;
      expect(template).to.match(
        /^\{\{ "(?:[^"{}%#\\]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*" \}\}$/,
      );
      return template.slice(4, -4);
    });
    const read = runPython(
      "import json, sys; print(json.dumps([None if t is None else t.encode('ascii').decode('unicode-escape') for t in json.load(sys.stdin)]))",
      constants,
    );
    (read as (string | null)[]).forEach((text, index) => {
      if (text !== null) expect(text).to.equal(texts[index]);
      else expect(texts[index]).to.match(/^[ -z|~]*$/);
    });
  });
});

describe("the value of a pod's environment variable", () => {
  it("is the text again when Kubernetes has put variables for $(NAME)", () => {
    const texts = fc.string({ unit: fc.constantFrom("$", "(", ")", "A", " ") });
    fc.assert(
      fc.property(texts, (text) => {
        expect(expand(toInertValue(text), { A: "(A)", "": "-" })).to.equal(
          text,
        );
      }),
      { numRuns: 5000 },
    );
  });

  it("is inert for Airflow too", () => {
    expect(toInertValue("{{ x }} $(A)")).to.equal(
      toInertTemplate("{{ x }} $$(A)"),
    );
  });
});

/** What Kubernetes' third_party/forked/golang/expansion/expand.go does. */
function expand(
  text: string,
  variables: Readonly<Record<string, string>>,
): string {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const rest = text.slice(at + 1);
    const end = rest.indexOf(")");
    if (text[at] !== "$" || rest === "") out += text.charAt(at);
    else if (rest.startsWith("(") && end > 0) {
      const name = rest.slice(1, end);
      out += variables[name] ?? `$(${name})`;
      at += end + 1;
    } else {
      out += rest.startsWith("$") ? "$" : `$${rest.charAt(0)}`;
      at += 1;
    }
  }
  return out;
}
