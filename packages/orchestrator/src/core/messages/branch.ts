import { stableHash } from "../hash.ts";
import type { Ticket } from "../ticket.ts";

const maxSlugLength = 48;
const maxIdentifierLength = 60;

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
  const name = [identifierSlug(identifier), slugOf(title, maxSlugLength)].filter(Boolean).join("-");
  return `${prefix === undefined ? "" : `${prefix}/`}ai-implement/${name}`;
};

/** An identifier that does not survive as it is gets a hash, so that no two tickets share a branch. */
const identifierSlug = (identifier: string): string => {
  const slug = slugOf(identifier, maxIdentifierLength);
  if (slug !== "" && slug === identifier.toLowerCase()) return slug;
  return [slug || "ticket", stableHash(identifier).toString(36)].join("-");
};
