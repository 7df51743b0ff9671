import { splitFrontMatter } from "./front-matter.ts";
import { type FrontMatterFields, frontMatterFixes, frontMatterSchema } from "./schema.ts";
import { parseYaml } from "./yaml.ts";

export interface TicketText {
  readonly fields: FrontMatterFields;
  readonly description: string;
}

export type ParsedTicket =
  | { readonly kind: "ticket"; readonly ticket: TicketText }
  /** Markdown without front matter, such as a README. */
  | { readonly kind: "not-a-ticket" }
  | {
      readonly kind: "malformed";
      /** The id that the file seems to claim, so that nobody takes its ticket for gone; null where none can be read. */
      readonly claimedId: string | null;
      readonly problem: string;
      readonly fix: string;
    };

const maxFrontMatter = 16 * 1024;

/** A ticket file's text, understood or refused with the fix. Pure; never throws. */
export const parseTicket = (text: string): ParsedTicket => {
  const split = splitFrontMatter(text);
  switch (split.kind) {
    case "none":
      return { kind: "not-a-ticket" };
    case "unclosed":
      return {
        kind: "malformed",
        claimedId: claimedId(text.slice(0, maxFrontMatter)),
        problem: "its front matter is never closed",
        fix: "End the front matter with a line of three hyphens: `---`.",
      };
    case "found":
      return parseFound(split.yaml, split.body);
  }
};

const parseFound = (yaml: string, description: string): ParsedTicket => {
  const malformed = (problem: string, fix: string): ParsedTicket => ({
    kind: "malformed",
    claimedId: claimedId(yaml.slice(0, maxFrontMatter)),
    problem,
    fix,
  });
  if (yaml.length > maxFrontMatter)
    return malformed(
      `its front matter has ${yaml.length} characters, ${maxFrontMatter} are allowed`,
      "Move the text below the closing `---`.",
    );
  const parsed = parseYaml(yaml);
  if (parsed.kind === "broken")
    return malformed(
      `its front matter is not valid YAML${parsed.line === 0 ? "" : ` (line ${parsed.line + 1})`}: ${oneLine(parsed.message)}`,
      "Mend that line; put a value that has ':' or '#' in it between quotes.",
    );
  if (!isRecord(parsed.value))
    return malformed(
      "its front matter is not a list of `field: value` lines",
      "Begin with `id:` and `title:`.",
    );
  const values = withoutEmpty(parsed.value);
  const result = frontMatterSchema.safeParse(values);
  if (!result.success) {
    const fields = [...new Set(result.error.issues.map(({ path }) => String(path[0])))];
    return malformed(
      fields.map((field) => complaint(field, values[field])).join("; "),
      fields.map(fixOf).join(" "),
    );
  }
  const { id, blocked_by: blockers, parent } = result.data;
  if (blockers.includes(id) || parent === id)
    return malformed(`it names itself in ${parent === id ? "`parent`" : "`blocked_by`"}`, `Take ${id} out.`);
  return { kind: "ticket", ticket: { fields: result.data, description } };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A field without a value is a field that is not there. */
const withoutEmpty = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== "" && value !== "~" && value !== "null"),
  );

const complaint = (field: string, value: unknown): string =>
  value === undefined ? `\`${field}\` is missing` : `\`${field}\` is not valid: ${excerpt(value)}`;

const fixOf = (field: string): string =>
  Object.hasOwn(frontMatterFixes, field) ? frontMatterFixes[field as keyof FrontMatterFields] : "";

const excerpt = (value: unknown): string => oneLine(JSON.stringify(value)).slice(0, 80);

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 300);

const claimedId = (yaml: string): string | null =>
  /^id:[ \t]*["']?([A-Za-z0-9][A-Za-z0-9_-]{0,59})["']?[ \t]*\r?$/m.exec(yaml)?.[1] ?? null;
