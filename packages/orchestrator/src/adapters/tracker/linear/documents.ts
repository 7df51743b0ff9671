/*
 * Every document of ours that is a constant. Text of tickets and people goes in as variables only. Costs are by Linear's
 * own rule: a scalar 0.1, an object 1, and a connection multiplies all that is below it, its page information too, by
 * its `first`. https://linear.app/developers/rate-limiting
 */

const relationSource = `type issue { identifier title trashed state { name type } }`;

/** How many of an issue's own lists a page of issues brings. */
export const nestedSizes = { children: 9, incoming: 8, outgoing: 5 } as const;

/**
 * A page of 100 costs under 10,000 points (§7.2), whatever the issues hold: the nested lists are what it pays for, so
 * they are short, and blockers that do not fit are fetched by `blockersDocument`.
 */
export const issuesDocument = `query Issues($filter: IssueFilter!, $archived: Boolean!, $first: Int!, $after: String) {
  issues(filter: $filter, includeArchived: $archived, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id identifier title description url priority createdAt updatedAt archivedAt trashed labelIds
      state { name type }
      team { id key }
      parent {
        identifier title description
        children(first: ${nestedSizes.children}) { nodes { identifier title } }
      }
      inverseRelations(first: ${nestedSizes.incoming}) {
        pageInfo { hasNextPage endCursor }
        nodes { ${relationSource} }
      }
      relations(first: ${nestedSizes.outgoing}) { nodes { type relatedIssue { identifier title } } }
    }
  }
}`;

export const blockersDocument = `query Blockers($id: ID!, $after: String) {
  issues(filter: { id: { eq: $id } }, includeArchived: true, first: 1) {
    nodes {
      inverseRelations(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { ${relationSource} }
      }
    }
  }
}`;

/** What stands where we are about to write: the issues, and those of our comments that are there already. */
export const targetsDocument = `query Targets(
  $issues: [ID!]!, $comments: [ID!]!, $anyComments: Boolean!
) {
  issues(filter: { id: { in: $issues } }, includeArchived: true, first: 250) {
    nodes { id identifier trashed labelIds state { type } team { id key } }
  }
  comments(filter: { id: { in: $comments } }, includeArchived: true, first: 250) @include(if: $anyComments) {
    nodes { id }
  }
}`;

/** Of a label, as it is read and as it is made. */
export const labelFields = "id name isGroup retiredAt parent { id name } team { id }";

/** Our labels and the states that we move to, of every team. */
export const workspaceDocument = `query Workspace(
  $labels: IssueLabelFilter!, $labelsAfter: String, $moreLabels: Boolean!,
  $states: WorkflowStateFilter!, $statesAfter: String, $moreStates: Boolean!
) {
  issueLabels(filter: $labels, first: 250, after: $labelsAfter) @include(if: $moreLabels) {
    pageInfo { hasNextPage endCursor }
    nodes { ${labelFields} }
  }
  workflowStates(filter: $states, first: 250, after: $statesAfter) @include(if: $moreStates) {
    pageInfo { hasNextPage endCursor }
    nodes { id type position team { id } }
  }
}`;

export const accountDocument = `query Account {
  viewer { name }
  organization { name urlKey }
}`;

export const teamsDocument = `query Teams($after: String) {
  teams(first: 250, after: $after) { pageInfo { hasNextPage endCursor } nodes { id key } }
}`;

/** Of an issue that cannot exist: whoever may write is told so, and nothing is changed. */
export const permissionDocument = `mutation MayWrite($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success }
}`;
