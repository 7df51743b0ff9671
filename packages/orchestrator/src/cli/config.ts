import { stripVTControlCharacters } from "node:util";
import type { Colors } from "picocolors/types.js";
import type { SettingRow } from "../config/describe.ts";

export interface PrintOptions {
  readonly json: boolean;
  /** From picocolors: `createColors(false)` prints plain text. */
  readonly colours: Colors;
}

/** What `ai-implement config` prints: an aligned table, or JSON for programs. Ends with a newline. */
export const printConfig = (rows: readonly SettingRow[], { json, colours }: PrintOptions): string =>
  json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows, colours);

const headings = { name: "SETTING", value: "VALUE", source: "FROM", meaning: "MEANING" };

/** A value may be long; a table of them should still fit a wide terminal. */
const widestValue = 48;

const table = (rows: readonly SettingRow[], colours: Colors): string => {
  const lines = rows.map((row) => ({ ...row, value: shown(row.value) }));
  const width = (column: "name" | "value" | "source"): number =>
    Math.max(...[headings, ...lines].map((line) => line[column].length));
  const widths = { name: width("name"), value: width("value"), source: width("source") };
  const head = [
    headings.name.padEnd(widths.name),
    headings.value.padEnd(widths.value),
    headings.source.padEnd(widths.source),
    headings.meaning,
  ].join("  ");
  const body = lines.map((line) => {
    const isOwn = line.source !== "default";
    const value = line.value.padEnd(widths.value);
    return [
      colours.bold(line.name.padEnd(widths.name)),
      isOwn ? colours.cyan(value) : value,
      isOwn ? line.source.padEnd(widths.source) : colours.dim(line.source.padEnd(widths.source)),
      colours.dim(line.meaning),
    ].join("  ");
  });
  return `${[colours.bold(head), ...body].join("\n")}\n`;
};

const shown = (value: string | null): string => {
  if (value === null) return "(not set)";
  // A value is printed to a terminal: it may not move its cursor.
  const plain = stripVTControlCharacters(value).replace(/\p{Cc}/gu, " ");
  return plain.length > widestValue ? `${plain.slice(0, widestValue - 1)}…` : plain;
};
