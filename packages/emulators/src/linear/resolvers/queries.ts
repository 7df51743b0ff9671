import { entityNotFound, notEmulated } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { commentOf, issueOf, labelOf, relationOf, stateOf, teamOf } from "../store/look-up.ts";
import { connection, type ListArguments, type World } from "./fields.ts";

interface ById {
  readonly id: string;
}

type Query<Arguments> = (source: undefined, args: Arguments, world: World) => unknown;
type ListQuery = Query<ListArguments & { readonly sort?: unknown }>;

const one =
  <E>(find: (store: World["store"], id: string) => E): Query<ById> =>
  (_source, { id }, { store }) =>
    find(store, id);

const issues: ListQuery = (_source, args, { store, filters }) => {
  if (args.sort) throw notEmulated("the argument Query.issues(sort)");
  return connection(store.issues.list(), args, filters.issue);
};

const comment: Query<{ readonly id?: string | null; readonly hash?: string | null }> = (
  _source,
  { id, hash },
  { store },
) => {
  if (hash) throw notEmulated("the argument Query.comment(hash)");
  if (!id) throw entityNotFound("Comment");
  return commentOf(store, id);
};

const user: Query<ById> = (_source, { id }, { store }) => {
  if (id !== store.viewer.id && id !== "me") throw entityNotFound("User");
  return store.viewer;
};

const users: ListQuery = (_source, args, { store, filters }) => {
  if (args.sort) throw notEmulated("the argument Query.users(sort)");
  return connection([store.viewer], args, filters.user);
};

const list =
  (connect: (args: ListArguments, world: World) => unknown): ListQuery =>
  (_source, args, world) =>
    connect(args, world);

export const queryFields = {
  viewer: list((_, { store }) => store.viewer),
  organization: list((_, { store }) => store.organization),
  issue: one(issueOf),
  team: one(teamOf),
  issueLabel: one(labelOf),
  workflowState: one(stateOf),
  issueRelation: one(relationOf),
  user,
  comment,
  issues,
  users,
  teams: list((args, { store, filters }) => connection(store.teams.list(), args, filters.team)),
  issueLabels: list((args, { store, filters }) => connection(store.labels.list(), args, filters.label)),
  workflowStates: list((args, { store, filters }) => connection(store.states.list(), args, filters.state)),
  comments: list((args, { store, filters }) => connection(store.comments.list(), args, filters.comment)),
  issueRelations: list((args, { store }) => pageOf(store.relations.list(), args)),
};
