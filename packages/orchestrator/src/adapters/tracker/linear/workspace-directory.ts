import { type Instant, minutes } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { workspaceDocument } from "./documents.ts";
import type { LinearApi } from "./linear-api.ts";
import { ourLabels } from "./markers.ts";
import { labelsDocument } from "./mutation-documents.ts";
import { createPages, type NextPage, type PageInfo } from "./pages.ts";
import { createdLabelsSchema, type LabelNode, type StateNode, workspaceSchema } from "./schema.ts";
import { type LabelNeed, missingLabels, type NewLabel, type Workspace, workspaceOf } from "./workspace.ts";

/** Ids that an answer of Linear's brought. */
export interface SeenIds {
  readonly labelIds: readonly string[];
  readonly teamIds: readonly string[];
}

export interface Furnished {
  readonly workspace: Workspace;
  /** Why a label that was needed is still not there. */
  readonly refusal: VendorError | null;
}

/** Our labels and the states of every team, read when they are needed and kept for a while. */
export interface WorkspaceDirectory {
  /** Read anew where something is seen that was not known. @throws VendorError */
  knowing(seen: SeenIds): Promise<Workspace>;
  /** Makes the labels that are missing. @throws VendorError */
  furnish(needs: readonly LabelNeed[]): Promise<Furnished>;
  /** What is kept turned out to be wrong. */
  forget(): void;
}

/** A renamed label shows nowhere else. */
const keptForMs = minutes(5);
/** A workspace with more teams than this would need is none that we can serve. */
const maxPages = 40;
/** Ids that are known not to be ours; above it, they are learnt anew. */
const maxForeign = 20_000;

export const createWorkspaceDirectory = (api: LinearApi, clock: Clock): WorkspaceDirectory => {
  let kept: { readonly workspace: Workspace; readonly readAt: Instant } | null = null;
  const foreign = new Set<string>();

  const read = async (): Promise<Workspace> => {
    const readAt = clock.now();
    const workspace = await readWorkspace(api);
    kept = { workspace, readAt };
    return workspace;
  };

  const current = async (): Promise<Workspace> =>
    kept !== null && clock.now() - kept.readAt < keptForMs ? kept.workspace : read();

  const strangers = ({ names, states }: Workspace, { labelIds, teamIds }: SeenIds): readonly string[] => {
    const teams = new Set(states.map(({ team }) => team.id));
    return [...labelIds.filter((id) => !names.has(id)), ...teamIds.filter((id) => !teams.has(id))].filter(
      (id) => !foreign.has(id),
    );
  };

  const create = async (labels: readonly NewLabel[]): Promise<VendorError | null> => {
    try {
      const answer = await api.mutate(labelsDocument(labels), createdLabelsSchema);
      if (answer.kind === "refused") return answer.error;
      const made = Object.values(answer.data).map(({ issueLabel }) => issueLabel);
      if (kept !== null)
        kept = {
          ...kept,
          workspace: workspaceOf([...kept.workspace.labels, ...made], kept.workspace.states),
        };
      return null;
    } catch (error) {
      // Whether it was made is seen by reading again, which throws in its turn where Linear is the trouble.
      if (error instanceof VendorError) return error;
      throw error;
    }
  };

  return {
    knowing: async (seen) => {
      const before = kept;
      const known = await current();
      if (strangers(known, seen).length === 0) return known;
      // What was read a moment ago says it already.
      const now = kept === before ? await read() : known;
      if (foreign.size > maxForeign) foreign.clear();
      for (const id of strangers(now, seen)) foreign.add(id);
      return now;
    },
    furnish: async (needs) => {
      const workspace = await current();
      const missing = missingLabels(workspace, needs);
      if (missing.length === 0) return { workspace, refusal: null };
      let refusal = await create(missing);
      if (refusal === null) return { workspace: await current(), refusal };
      // Somebody else made it first, or one of them was refused and all of the answer with it: look, then one by one.
      const seen = await read();
      const left = missingLabels(seen, needs);
      if (left.length === 0) return { workspace: seen, refusal: null };
      for (const label of left) refusal = (await create([label])) ?? refusal;
      return { workspace: await read(), refusal };
    },
    forget: () => {
      kept = null;
      foreign.clear();
    },
  };
};

const labelsFilter = { or: ourLabels.map((name) => ({ name: { eqIgnoreCase: name } })) };
const statesFilter = { type: { in: ["started", "completed"] } };

const readWorkspace = async (api: LinearApi): Promise<Workspace> => {
  const labels: LabelNode[] = [];
  const states: StateNode[] = [];
  const [labelPages, statePages] = [createPages("labels", maxPages), createPages("states", maxPages)];
  let next = {
    labelsAfter: null as string | null,
    moreLabels: true,
    statesAfter: null as string | null,
    moreStates: true,
  };
  while (next.moreLabels || next.moreStates) {
    const answer = await api.query(
      { document: workspaceDocument, variables: { labels: labelsFilter, states: statesFilter, ...next } },
      workspaceSchema,
    );
    const labelsAfter = next.moreLabels ? collect(answer.issueLabels, labels, labelPages) : null;
    const statesAfter = next.moreStates ? collect(answer.workflowStates, states, statePages) : null;
    next = {
      labelsAfter,
      moreLabels: labelsAfter !== null,
      statesAfter,
      moreStates: statesAfter !== null,
    };
  }
  return workspaceOf(labels, states);
};

/** The cursor of the next page. A list that was asked for and is not there must not read as an empty one. */
const collect = <Node>(
  page: { readonly pageInfo: PageInfo; readonly nodes: readonly Node[] } | undefined,
  into: Node[],
  next: NextPage,
): string | null => {
  if (page === undefined)
    throw new VendorError("malformed", "Linear's answer does not say which labels and states there are.");
  into.push(...page.nodes);
  return next(page.pageInfo, page.nodes.length);
};
