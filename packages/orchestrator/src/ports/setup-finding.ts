/** One thing that has to be right before we can work with a vendor, and what an operator does where it is not. */
export interface SetupFinding {
  /** What was looked at, as the operator knows it: `LINEAR_API_KEY`, `the label AI-Implement`, `ticketingConfig.jql`. */
  readonly subject: string;
  /** Null: it is right. */
  readonly problem: null | { readonly what: string; readonly fix: string };
}
