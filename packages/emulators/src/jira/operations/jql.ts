import { z } from "zod";
import { prepareJql } from "../jql/prepare.ts";
import { parseJql } from "../jql/syntax.ts";
import { type Operation, ok } from "./operation.ts";

const parseSchema = z.object({ queries: z.array(z.string()) });

/**
 * Errors by query; a valid query has none. The structure of a query is left out: the vendor's schema of it refuses
 * every clause (an object without additional properties, whose properties are named in `anyOf` only).
 */
export const parseQueries: Operation = ({ store }, { body, query }) => {
  const validation = query.get("validation");
  const { queries } = parseSchema.parse(body);
  return ok({
    queries: queries.map((jql) => {
      const parsed = parseJql(jql);
      if (parsed.kind === "broken") return { query: jql, errors: parsed.errors };
      const prepared = prepareJql(store, jql);
      if (validation === "none" || prepared.kind === "ready") return { query: jql };
      return validation === "warn"
        ? { query: jql, warnings: prepared.errors }
        : { query: jql, errors: prepared.errors };
    }),
  });
};

const matchSchema = z.object({ jqls: z.array(z.string()), issueIds: z.array(z.int()) });

/** By the search index, as a search: an issue that it does not know yet matches nothing. */
export const matchIssues: Operation = ({ store }, { body }) => {
  const { jqls, issueIds } = matchSchema.parse(body);
  const index = store.indexed(new Set());
  const issues = issueIds.flatMap((id) => index.issue(String(id)) ?? []);
  return ok({
    matches: jqls.map((jql) => {
      const prepared = prepareJql(store, jql);
      return prepared.kind === "refused"
        ? { matchedIssues: [], errors: prepared.errors }
        : { matchedIssues: issues.filter(prepared.matches).map(({ id }) => Number(id)), errors: [] };
    }),
  });
};
