/**
 * Linear's SDL with the fields that `@linear/sdk` 98 asks for in its fixed documents and that the vendor published only
 * after the schema at hand. For tests that have the SDK as a client; everything else is held against the schema alone.
 */
export const withSdkFields = (schema: string): string => `${schema}
extend type IssueLabel { groupType: String }
extend type Team { viewerCanJoin: Boolean! viewerCanLeave: Boolean! viewerMembership: TeamMembership }
extend type Organization { defaultHomeViewTargetId: String suggestedBranchNameEnabled: Boolean! }
`;
