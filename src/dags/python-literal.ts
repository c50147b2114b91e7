declare const pythonBrand: unique symbol;
/** Python source of one literal, safe to put into a file as it is. */
export type PythonSource = string & { readonly [pythonBrand]: true };

export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

/**
 * The Python literal of a value: what `ast.literal_eval` reads back as the same value.
 * Only printable ASCII comes out, so that no encoding, editor or line rule of Python can change its meaning.
 */
export function pythonLiteral(value: PythonValue): PythonSource {
  return spell(value) as PythonSource;
}

/** One text as adjacent literals, one for each of its lines, to stand in parentheses. */
export function pythonLines(text: string): PythonSource[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? [""]).map((line) =>
    pythonLiteral(line),
  );
}

/** `datetime(2026, 1, 1, 0, 0, 0, tzinfo=timezone.utc)`. */
export function pythonDatetime(time: Date): PythonSource {
  const parts = [
    time.getUTCFullYear(),
    time.getUTCMonth() + 1,
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
  ];
  if (parts.some(Number.isNaN))
    throw new RangeError("no Python literal for an invalid date");
  return `datetime(${parts.join(", ")}, tzinfo=timezone.utc)` as PythonSource;
}

function spell(value: PythonValue): string {
  if (value === null) return "None";
  if (typeof value === "string") return spellText(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return spellNumber(value);
  if (isList(value)) return `[${value.map(spell).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${spellText(key)}: ${spell(member)}`)
    .join(", ")}}`;
}

function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

function spellNumber(value: number): string {
  if (!Number.isFinite(value))
    throw new RangeError(`no Python literal for the number ${value}`);
  if (Object.is(value, -0)) return "-0.0";
  return String(value);
}

function spellText(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  let out = '"';
  for (const character of text) out += spellCharacter(character);
  return `${out}"`;
}

function spellCharacter(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (character === "\n") return "\\n";
  if (character >= " " && character <= "~") return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  if (code <= 0xffff) return `\\u${hex.padStart(4, "0")}`;
  return `\\U${hex.padStart(8, "0")}`;
}
