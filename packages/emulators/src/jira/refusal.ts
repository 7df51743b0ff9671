/** Jira's own way to say no: `errorMessages` for the whole request, `errors` by field. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export const refuse = (status: number, ...errorMessages: readonly string[]): Refusal =>
  new Refusal(status, { errorMessages, errors: {} });

export const refuseFields = (errors: Readonly<Record<string, string>>): Refusal =>
  new Refusal(400, { errorMessages: [], errors });

/** A search has warnings where others have errors by field. */
export const refuseJql = (errorMessages: readonly string[]): Refusal =>
  new Refusal(400, { errorMessages, warningMessages: [] });

export const noSuchIssue = "Issue does not exist or you do not have permission to see it.";
