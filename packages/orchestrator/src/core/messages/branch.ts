import type { Ticket } from "../ticket.ts";

const maxSlugLength = 48;

/** Lower-case ASCII words joined by hyphens; what is not a letter or a digit is a hyphen. */
const slugOf = (text: string, maxLength: number): string =>
  text
    .normalize("NFKD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, maxLength)
    .replace(/^-+|-+$/g, "");

/** `[prefix/]ai-implement/<identifier>-<slug>` (§12): safe in a ref, a URL and a shell, whatever the title says. */
export const branchName = (
  { identifier, title }: Pick<Ticket, "identifier" | "title">,
  prefix?: string,
): string => {
  const name = [slugOf(identifier, 60), slugOf(title, maxSlugLength)].filter(Boolean).join("-");
  return `${prefix === undefined ? "" : `${prefix}/`}ai-implement/${name || "ticket"}`;
};
