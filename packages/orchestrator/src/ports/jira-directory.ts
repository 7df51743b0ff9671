/** What an operator chooses from when a project is set up: Jira's own fields, options and opinion of a JQL (§13). */
export interface JiraDirectory {
  /** Every field that the token may see, system fields included. @throws DeliveryError */
  fields(): Promise<readonly JiraField[]>;
  /** Of a select field, over all of its contexts, each value once. @throws DeliveryError */
  options(fieldId: string): Promise<readonly JiraOption[]>;
  /** In Jira's own sentences, why a project cannot use this JQL; empty: it can. @throws DeliveryError */
  validateJql(jql: string): Promise<readonly string[]>;
}

export interface JiraField {
  /** `customfield_10500`, or a system field's own name: `summary`. */
  readonly id: string;
  readonly name: string;
  readonly custom: boolean;
  /** Jira's word for what it holds: `option`, `string`, `array`; `unknown` where Jira says nothing. */
  readonly type: string;
}

export interface JiraOption {
  /** The value itself where the token may not ask for ids. */
  readonly id: string;
  readonly value: string;
  readonly disabled: boolean;
}
