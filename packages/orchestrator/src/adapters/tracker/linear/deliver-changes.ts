import { DeliveryError, isPermanent } from "../../../ports/delivery-error.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import type { Verdict } from "./batcher.ts";
import { targetsDocument } from "./documents.ts";
import type { LinearApi } from "./linear-api.ts";
import { fieldOf, writeDocument } from "./mutation-documents.ts";
import { type IssueChange, labelNeeds, planWrites, type Standing, type Write } from "./plan-writes.ts";
import { targetsSchema, writtenSchema } from "./schema.ts";
import type { WorkspaceDirectory } from "./workspace-directory.ts";

/** Changes of one batch: so many issues and comments are read by one query. */
export const maxBatch = 250;
const writesPerDocument = 50;
/** Of the comments in one mutation, in UTF-16 code units: Linear takes no body of any size. */
const maxDocumentText = 400_000;

interface PlannedWrite {
  readonly change: IssueChange;
  readonly write: Write;
}

type Verdicts = Map<IssueChange, Verdict>;

const done: Verdict = { kind: "done" };
const failed = (error: unknown): Verdict => ({ kind: "failed", error });

/**
 * Carries out a batch: one look at what stands there, one mutation for every fifty writes. Whatever is unclear after a
 * refusal is looked at again and sent again without what was refused; every write may be repeated.
 */
export const createDelivery = (
  api: LinearApi,
  directory: WorkspaceDirectory,
): ((changes: readonly IssueChange[]) => Promise<readonly Verdict[]>) => {
  /** @param again what we kept of the workspace has been read anew because of a refusal */
  const deliver = async (changes: readonly IssueChange[], again: boolean): Promise<Verdicts> => {
    const verdicts: Verdicts = new Map();
    const writes: PlannedWrite[] = [];
    const outcomes = await plan(changes);
    changes.forEach((change, index) => {
      const outcome = outcomes[index];
      if (outcome?.kind === "write") writes.push({ change, write: outcome.write });
      else verdicts.set(change, outcome?.kind === "refused" ? failed(outcome.error) : done);
    });
    for (const part of partsOf(writes)) merge(verdicts, await send(part, again));
    return verdicts;
  };

  const plan = async (changes: readonly IssueChange[]) => {
    const standing = await readStanding(api, changes);
    const targets = [...standing.targets.values()];
    const known = await directory.knowing({
      labelIds: targets.flatMap(({ labelIds }) => labelIds),
      teamIds: targets.map(({ team }) => team.id),
    });
    const { workspace, refusal } = await directory.furnish(labelNeeds(changes, standing, known));
    return planWrites(changes, standing, workspace, refusal);
  };

  const send = async (writes: readonly PlannedWrite[], again: boolean): Promise<Verdicts> => {
    const answer = await answerTo(writes);
    if (answer.kind === "done") return verdictsOf(writes, answer.data);
    const refused = writes.find((_, index) => fieldOf(index) === answer.field);
    if (refused === undefined) return afterFailure(writes, answer.error, again);
    const others = writes.filter((each) => each !== refused).map(({ change }) => change);
    const verdicts = await settleRefused(refused.change, answer.error, again);
    return merge(verdicts, await attempt(others, again));
  };

  const answerTo = async (writes: readonly PlannedWrite[]) => {
    try {
      return await api.mutate(writeDocument(writes.map(({ write }) => write)), writtenSchema);
    } catch (error) {
      return { kind: "failed", field: null, error } as const;
    }
  };

  /** The whole document failed. Where it can never succeed as it is, one of its writes is to blame: halves find it. */
  const afterFailure = async (
    writes: readonly PlannedWrite[],
    error: unknown,
    again: boolean,
  ): Promise<Verdicts> => {
    const changes = writes.map(({ change }) => change);
    if (!isPermanent(error)) return all(changes, error);
    const [only, ...rest] = changes;
    if (only !== undefined && rest.length === 0) return settleRefused(only, error, again);
    const middle = Math.ceil(changes.length / 2);
    const verdicts = await attempt(changes.slice(0, middle), again);
    return merge(verdicts, await attempt(changes.slice(middle), again));
  };

  /** A comment that is there is delivered. A label or state that is gone was only known from before. */
  const settleRefused = async (change: IssueChange, error: unknown, again: boolean): Promise<Verdicts> => {
    if (!isPermanent(error)) return all([change], error);
    if (change.kind === "comment") return settleComment(change, error);
    if (again) return all([change], mendable(error, change));
    directory.forget();
    return attempt([change], true);
  };

  const settleComment = async (
    change: Extract<IssueChange, { kind: "comment" }>,
    error: unknown,
  ): Promise<Verdicts> => {
    try {
      const { comments } = await readStanding(api, [change]);
      return comments.has(change.commentId) ? new Map([[change, done]]) : all([change], error);
    } catch (unknown) {
      return all([change], asTransient(unknown));
    }
  };

  /** What is in the way of these changes is no news about others. */
  const attempt = async (changes: readonly IssueChange[], again: boolean): Promise<Verdicts> => {
    if (changes.length === 0) return new Map();
    try {
      return await deliver(changes, again);
    } catch (error) {
      return all(changes, asTransient(error));
    }
  };

  return async (changes) => {
    const verdicts = await attempt(changes, false);
    return changes.map(
      (change) => verdicts.get(change) ?? failed(new Error("A change was left without a verdict.")),
    );
  };
};

/** What one mutation carries. */
const partsOf = (writes: readonly PlannedWrite[]): readonly (readonly PlannedWrite[])[] => {
  const parts: PlannedWrite[][] = [];
  let room = 0;
  for (const each of writes) {
    const size = each.write.kind === "comment" ? each.write.input.body.length : 0;
    const part = parts.at(-1);
    if (part === undefined || part.length >= writesPerDocument || size > room) {
      parts.push([each]);
      room = maxDocumentText - size;
    } else {
      part.push(each);
      room -= size;
    }
  }
  return parts;
};

/** A label of somebody else's can share a group with ours; only Linear knows of it, and only a person ends it. */
const mendable = (error: unknown, { ticket }: IssueChange): unknown =>
  error instanceof DeliveryError && /not exclusive child labels/i.test(error.message)
    ? new DeliveryError(
        `${ticket.identifier} has a label that excludes ours, because both are in one group of labels: move our label out of the group in Linear, or take the other off. ${error.message}`,
        { retryable: true, cause: error },
      )
    : error;

/** A look that was refused says nothing against the change that it was taken for. */
const asTransient = (error: unknown): unknown =>
  error instanceof DeliveryError && !error.retryable
    ? new DeliveryError(error.message, { retryable: true, cause: error })
    : error;

const all = (changes: readonly IssueChange[], error: unknown): Verdicts =>
  new Map(changes.map((change) => [change, failed(error)]));

const merge = (verdicts: Verdicts, more: Verdicts): Verdicts => {
  for (const [change, verdict] of more) verdicts.set(change, verdict);
  return verdicts;
};

const verdictsOf = (
  writes: readonly PlannedWrite[],
  answer: Readonly<Record<string, { readonly success: boolean }>>,
): Verdicts =>
  new Map(
    writes.map(({ change }, index) => [
      change,
      answer[fieldOf(index)]?.success === true
        ? done
        : failed(new VendorError("unavailable", `Linear did not change ${change.ticket.identifier}.`)),
    ]),
  );

const readStanding = async (api: LinearApi, changes: readonly IssueChange[]): Promise<Standing> => {
  const issues = [...new Set(changes.map(({ issueId }) => issueId))];
  const comments = [
    ...new Set(changes.flatMap((change) => (change.kind === "comment" ? [change.commentId] : []))),
  ];
  const found = await api.query(
    {
      document: targetsDocument,
      variables: { issues, comments, anyComments: comments.length > 0 },
    },
    targetsSchema,
  );
  if (comments.length > 0 && found.comments === undefined)
    throw new VendorError("malformed", "Linear's answer does not say which comments are there.");
  return {
    targets: new Map(found.issues.nodes.map((target) => [target.id, target])),
    comments: new Set((found.comments?.nodes ?? []).map(({ id }) => id)),
  };
};
