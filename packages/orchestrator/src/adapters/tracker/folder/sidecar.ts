import { Document, isScalar, visit } from "yaml";
import { sidecarSchema } from "./schema.ts";
import type { ShownStatus } from "./status.ts";
import { parseYaml } from "./yaml.ts";

export interface SidecarComment {
  /** The effect's key: the same one again is the same comment (§9). */
  readonly key: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly body: string;
}

/** Our side of a ticket: the author's file is never written (§7.1). */
export interface Sidecar extends ShownStatus {
  readonly comments: readonly SidecarComment[];
}

export const emptySidecar: Sidecar = { comments: [] };

export type ParsedSidecar =
  | { readonly kind: "sidecar"; readonly sidecar: Sidecar }
  | { readonly kind: "broken"; readonly problem: string };

export const parseSidecar = (text: string): ParsedSidecar => {
  if (text.trim() === "") return { kind: "sidecar", sidecar: emptySidecar };
  const parsed = parseYaml(text);
  if (parsed.kind === "broken")
    return {
      kind: "broken",
      problem: `it is not valid YAML${parsed.line === 0 ? "" : ` (line ${parsed.line})`}: ${parsed.message}`,
    };
  // A file of nothing but comments has the value null.
  const result = sidecarSchema.safeParse(parsed.value === null ? {} : parsed.value);
  if (!result.success) {
    const fields = [...new Set(result.error.issues.map(({ path }) => path.join(".") || "the whole file"))];
    return { kind: "broken", problem: `not as we write it: ${fields.slice(0, 5).join(", ")}` };
  }
  const { status, seen_status: seenStatus, comments } = result.data;
  return {
    kind: "sidecar",
    sidecar: {
      ...(status === undefined || status.trim() === "" ? {} : { status }),
      ...(seenStatus === undefined ? {} : { seenStatus }),
      comments,
    },
  };
};

const heading =
  " AI-Implement keeps its side of this ticket here.\n To have it worked on again, set `status` to `Ready` or `Plan Approved`.";

/** Meant to be read: comments stand as blocks of text, in the order they came. */
export const formatSidecar = ({ status, seenStatus, comments }: Sidecar): string => {
  const document = new Document(
    {
      ...(status === undefined ? {} : { status }),
      ...(seenStatus === undefined ? {} : { seen_status: seenStatus }),
      comments,
    },
    { version: "1.2" },
  );
  document.commentBefore = heading;
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || !isScalar(value) || typeof value.value !== "string") return;
      // A block of nothing but white space would be read back as nothing.
      if (key.value === "body" && /\S/.test(value.value)) value.type = "BLOCK_LITERAL";
      else if (/^\s|\s$|\n/.test(value.value)) value.type = "QUOTE_DOUBLE";
    },
    Map: (index, node) => {
      // A blank line between comments.
      if (typeof index === "number" && index > 0) node.spaceBefore = true;
    },
  });
  return document.toString({ lineWidth: 0 });
};

/** The same sidecar when the key is there already. */
export const withComment = (sidecar: Sidecar, comment: SidecarComment): Sidecar =>
  sidecar.comments.some(({ key }) => key === comment.key)
    ? sidecar
    : { ...sidecar, comments: [...sidecar.comments, comment] };

/** The same sidecar when its status does not change. */
export const withStatus = (sidecar: Sidecar, { status, seenStatus }: ShownStatus): Sidecar =>
  sidecar.status === status && sidecar.seenStatus === seenStatus
    ? sidecar
    : {
        ...(status === undefined ? {} : { status }),
        ...(seenStatus === undefined ? {} : { seenStatus }),
        comments: sidecar.comments,
      };
