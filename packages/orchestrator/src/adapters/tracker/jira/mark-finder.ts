import type { FieldCatalogue } from "./field-catalogue.ts";
import {
  findField,
  type JiraProject,
  knownOptions,
  type MarkNames,
  type Marks,
  markNamesOf,
  missingWords,
  type Shortcoming,
} from "./marks.ts";

/** A Jira project with the fields that its issues are marked by. */
export interface MarkedProject extends JiraProject {
  readonly marks: Marks;
}

export type FoundMarks =
  | { readonly kind: "found"; readonly marks: Marks }
  | { readonly kind: "not-usable"; readonly problems: readonly Shortcoming[] };

export interface MarkFinder {
  /** A field that is missing is looked for again before it is called missing. @throws VendorError */
  find(names: MarkNames): Promise<FoundMarks>;
  findAll(projects: readonly JiraProject[]): Promise<{
    readonly usable: readonly MarkedProject[];
    readonly unusable: readonly {
      readonly project: JiraProject;
      readonly problems: readonly Shortcoming[];
    }[];
  }>;
}

export const createMarkFinder = (catalogue: FieldCatalogue): MarkFinder => {
  const look = async (names: MarkNames): Promise<FoundMarks> => {
    const fields = await catalogue.fields();
    const status = findField(fields, names, "status");
    const repo = findField(fields, names, "repo");
    if (status.kind === "not-usable" || repo.kind === "not-usable")
      return {
        kind: "not-usable",
        problems: [status, repo].flatMap((found) => (found.kind === "not-usable" ? [found.problem] : [])),
      };
    const options = knownOptions(await catalogue.options(status.field.id));
    return { kind: "found", marks: { status: status.field, repo: repo.field, options } };
  };

  const find: MarkFinder["find"] = async (names) => {
    const found = await look(names);
    const complete = found.kind === "found" && missingWords(found.marks).length === 0;
    if (complete) return found;
    catalogue.doubt();
    return look(names);
  };

  return {
    find,
    findAll: async (projects) => {
      const found = await Promise.all(
        projects.map(async (project) => ({ project, marks: await find(markNamesOf(project.ticketing)) })),
      );
      return {
        usable: found.flatMap(({ project, marks }) =>
          marks.kind === "found" ? [{ ...project, marks: marks.marks }] : [],
        ),
        unusable: found.flatMap(({ project, marks }) =>
          marks.kind === "found" ? [] : [{ project, problems: marks.problems }],
        ),
      };
    },
  };
};
