import { createColors } from "picocolors";
import { describe, expect, it } from "vitest";
import type { SettingRow } from "../config/describe.ts";
import { printConfig } from "./config.ts";

const rows: readonly SettingRow[] = [
  { name: "PORT", value: "8080", source: "default", meaning: "The port." },
  { name: "LINEAR_API_KEY", value: "[redacted]", source: ".env", meaning: "Key." },
  { name: "TICKETS_DIR", value: null, source: "default", meaning: "Root." },
];

describe("§4 `ai-implement config`", () => {
  it("prints one aligned line per setting, with where its value came from", () => {
    expect(printConfig(rows, { json: false, colours: createColors(false) })).toBe(
      [
        "SETTING         VALUE       FROM     MEANING",
        "PORT            8080        default  The port.",
        "LINEAR_API_KEY  [redacted]  .env     Key.",
        "TICKETS_DIR     (not set)   default  Root.",
        "",
      ].join("\n"),
    );
  });

  it("keeps the columns aligned in colour", () => {
    const coloured = printConfig(rows, { json: false, colours: createColors(true) });
    expect(coloured).toContain("\u001b[");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what picocolors writes
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(
      printConfig(rows, { json: false, colours: createColors(false) }),
    );
  });

  it("does not let a value move the terminal's cursor or push the table apart", () => {
    const nasty = { ...rows[0], value: `\u001b[2J\rx${"y".repeat(500)}` } as SettingRow;
    const text = printConfig([nasty], { json: false, colours: createColors(false) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the point
    expect(text).not.toMatch(/[\u001b\r]/);
    expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThan(100);
  });

  it("prints the same rows as JSON for programs", () => {
    expect(JSON.parse(printConfig(rows, { json: true, colours: createColors(true) }))).toEqual(rows);
  });
});
