import type { TrackerKind } from "../../../core/ticket.ts";
import type { Finding, Section } from "../finding.ts";
import { type Scene, trackerTitles } from "../scene.ts";
import { chosenProjects } from "./projects.ts";

/** Each tracker's account. With one project, only that one's tracker. */
export const trackerSections = async (scene: Scene): Promise<readonly Section[]> => {
  const kinds = [...scene.trackers.keys()];
  const used = new Set(chosenProjects(scene).map(({ ticketing }) => ticketing.kind));
  const allAreAsked = scene.onlyProject === null || used.size === 0;
  return Promise.all(
    kinds
      .filter((kind) => allAreAsked || used.has(kind))
      .map(async (kind) => ({
        title: trackerTitles[kind],
        findings: await accountFindings(scene, kind),
        notes: [],
      })),
  );
};

/**
 * What is missing and needed by no project is nothing to mend: a field may have another name in each of them. Before
 * there is a project, everything is looked at as if one of the usual kind were coming.
 */
const accountFindings = async (scene: Scene, kind: TrackerKind): Promise<readonly Finding[]> => {
  const users = chosenProjects(scene).filter(({ ticketing }) => ticketing.kind === kind);
  const [account, ...ofProjects] = await Promise.all(
    [null, ...users].map((project) => scene.check(kind, project)),
  );
  const needed = new Set(ofProjects.flat().map(({ subject }) => subject));
  return (account ?? []).filter(
    (finding) => users.length === 0 || finding.kind !== "wrong" || needed.has(finding.subject),
  );
};
