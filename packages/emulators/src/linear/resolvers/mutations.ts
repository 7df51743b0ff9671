import { invalidInput, notEmulated, writeForbidden } from "../errors.ts";
import { createIssue, type IssueCreation } from "../store/create-issue.ts";
import { createLabel, type LabelCreation, refuseTakenName } from "../store/create-label.ts";
import { editIssue, type IssueEdit } from "../store/edit-issue.ts";
import { requireGroup } from "../store/label-rules.ts";
import { commentOf, issueOf, labelOf, relationOf } from "../store/look-up.ts";
import type { Issue, RelationType } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import type { World } from "./fields.ts";

type Mutation<Arguments> = (source: undefined, args: Arguments, world: World) => unknown;

interface ById {
  readonly id: string;
}

/** Every mutation goes through here: the key has to be one that writes. */
const write =
  <Arguments>(
    change: (store: Store, args: Arguments) => Readonly<Record<string, unknown>>,
  ): Mutation<Arguments> =>
  (_source, args, { store, mayWrite }) => {
    if (!mayWrite) throw writeForbidden();
    const payload = change(store, args);
    return { success: true, lastSyncId: store.changes(), ...payload };
  };

/** An input that would be lost is refused, so that no test believes it was taken. */
const onlyKnown = <Input extends object>(type: string, input: Input, known: readonly string[]): Input => {
  for (const [name, value] of Object.entries(input))
    if (value !== null && value !== undefined && !known.includes(name))
      throw notEmulated(`the input ${type}.${name}`);
  return input;
};

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The schema says it in words: a client-made id is a UUID of version 4. */
const requireUuid = (id: string | null | undefined): void => {
  if (typeof id === "string" && !uuid4.test(id)) throw invalidInput("id must be a UUID of version 4");
};

const issueInputs = ["title", "description", "priority", "teamId", "stateId", "parentId", "labelIds"];
const editInputs = [...issueInputs, "addedLabelIds", "removedLabelIds", "trashed"];

const edited = (store: Store, id: string, input: IssueEdit): Issue =>
  editIssue(store, issueOf(store, id), onlyKnown("IssueUpdateInput", input, editInputs));

const issueMutations = {
  issueCreate: write((store, { input }: { readonly input: IssueCreation }) => {
    onlyKnown("IssueCreateInput", input, [...issueInputs, "id"]);
    requireUuid(input.id);
    return { issue: createIssue(store, input) };
  }),
  issueUpdate: write((store, { id, input }: ById & { readonly input: IssueEdit }) => ({
    issue: edited(store, id, input),
  })),
  issueBatchUpdate: write(
    (store, { ids, input }: { readonly ids: readonly string[]; readonly input: IssueEdit }) => {
      if (ids.length > 50) throw invalidInput("A batch has at most 50 issues");
      // All have to be there before any is changed.
      const issues = ids.map((id) => issueOf(store, id));
      return { issues: issues.map(({ id }) => edited(store, id, input)) };
    },
  ),
  issueAddLabel: write((store, { id, labelId }: ById & { readonly labelId: string }) => ({
    issue: edited(store, id, { addedLabelIds: [labelId] }),
  })),
  issueRemoveLabel: write((store, { id, labelId }: ById & { readonly labelId: string }) => ({
    issue: edited(store, id, { removedLabelIds: [labelId] }),
  })),
  issueDelete: write(
    (store, { id, permanentlyDelete }: ById & { readonly permanentlyDelete?: boolean | null }) => {
      const issue = issueOf(store, id);
      if (permanentlyDelete !== true) return { entity: edited(store, issue.id, { trashed: true }) };
      store.removeIssue(issue.id);
      return { entity: null };
    },
  ),
  issueUnarchive: write((store, { id }: ById) => ({ entity: edited(store, id, { trashed: false }) })),
};

interface RelationCreation {
  readonly id?: string | null;
  readonly issueId: string;
  readonly relatedIssueId: string;
  readonly type: RelationType;
}

const relationMutations = {
  issueRelationCreate: write((store, { input }: { readonly input: RelationCreation }) => {
    requireUuid(input.id);
    const relation = {
      ...(input.id ? { id: input.id } : {}),
      type: input.type,
      issueId: issueOf(store, input.issueId).id,
      relatedIssueId: issueOf(store, input.relatedIssueId).id,
    };
    return { issueRelation: store.addRelation(relation) };
  }),
  issueRelationDelete: write((store, { id }: ById) => {
    store.removeRelation(relationOf(store, id).id);
    return { entityId: id };
  }),
};

interface CommentCreation {
  readonly id?: string | null;
  readonly issueId?: string | null;
  readonly body?: string | null;
  readonly parentId?: string | null;
}

const bodyOf = (body: string | null | undefined): string => {
  if (!body) throw invalidInput("body should not be empty");
  return body;
};

const commentMutations = {
  commentCreate: write((store, { input }: { readonly input: CommentCreation }) => {
    onlyKnown("CommentCreateInput", input, ["id", "issueId", "body", "parentId", "doNotSubscribeToIssue"]);
    requireUuid(input.id);
    if (!input.issueId) throw notEmulated("comments on anything but issues");
    const comment = {
      ...(input.id ? { id: input.id } : {}),
      issueId: issueOf(store, input.issueId).id,
      body: bodyOf(input.body),
      parentId: input.parentId ? commentOf(store, input.parentId).id : null,
      editedAt: null,
    };
    return { comment: store.addComment(comment) };
  }),
  commentUpdate: write(
    (store, { id, input }: ById & { readonly input: { readonly body?: string | null } }) => {
      onlyKnown("CommentUpdateInput", input, ["body"]);
      const body = bodyOf(input.body);
      return { comment: store.putComment({ ...commentOf(store, id), body, editedAt: Date.now() }) };
    },
  ),
  commentDelete: write((store, { id }: ById) => {
    store.removeComment(commentOf(store, id).id);
    return { entityId: id };
  }),
};

interface LabelEdit {
  readonly name?: string | null;
  readonly color?: string | null;
  readonly description?: string | null;
  readonly isGroup?: boolean | null;
  /** Null: out of its group. */
  readonly parentId?: string | null;
}

const labelInputs = ["name", "color", "description", "isGroup", "parentId"];

const labelMutations = {
  issueLabelCreate: write((store, { input }: { readonly input: LabelCreation }) => {
    onlyKnown("IssueLabelCreateInput", input, [...labelInputs, "id", "teamId"]);
    requireUuid(input.id);
    return { issueLabel: createLabel(store, input) };
  }),
  issueLabelUpdate: write((store, { id, input }: ById & { readonly input: LabelEdit }) => {
    onlyKnown("IssueLabelUpdateInput", input, labelInputs);
    const label = labelOf(store, id);
    const name = input.name ?? label.name;
    if (name.toLowerCase() !== label.name.toLowerCase()) refuseTakenName(store, name, label.teamId);
    const { color, description, parentId } = input;
    const isGroup = input.isGroup ?? label.isGroup;
    return {
      issueLabel: store.putLabel({
        ...label,
        name,
        color: color ?? label.color,
        description: description === undefined ? label.description : description,
        isGroup,
        parentId: requireGroup(store, parentId === undefined ? label.parentId : parentId, isGroup),
      }),
    };
  }),
  issueLabelRetire: write((store, { id }: ById) => ({
    issueLabel: store.putLabel({ ...labelOf(store, id), retiredAt: Date.now() }),
  })),
  issueLabelRestore: write((store, { id }: ById) => ({
    issueLabel: store.putLabel({ ...labelOf(store, id), retiredAt: null }),
  })),
  issueLabelDelete: write((store, { id }: ById) => {
    store.removeLabel(labelOf(store, id).id);
    return { entityId: id };
  }),
};

/**
 * Several in one document run one after the other, as the GraphQL specification has it. All are non-null in Linear's
 * schema: one that fails makes the whole `data` null and those after it are not run, while those before it are done.
 */
export const mutationFields = {
  ...issueMutations,
  ...relationMutations,
  ...commentMutations,
  ...labelMutations,
};
