/** Why a value was not taken, as GitHub lists it beside the message of a 422. */
export interface FieldError {
  readonly resource: string;
  readonly code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  readonly field?: string;
  readonly message?: string;
}

/** GitHub's own way to say no: a sentence, and for a 422 what was wrong with which field. */
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

/** What an error of GitHub's API looks like. */
export const errorBody = (status: number, message: string, more: object = {}): object => ({
  message,
  ...more,
  documentation_url: "https://docs.github.com/rest",
  status: String(status),
});

export const refuse = (status: number, message: string): Refusal =>
  new Refusal(status, errorBody(status, message));

/** 404: not there, or not for this token; GitHub does not tell which. */
export const notFound = (): Refusal => refuse(404, "Not Found");

/** 403: the token has not got what the operation needs. */
export const notAccessible = (): Refusal => refuse(403, "Resource not accessible by integration");

export const unauthorized = (message: string): Refusal => refuse(401, message);

/** 422 `Validation Failed` with its errors by field. */
export const invalid = (...errors: readonly FieldError[]): Refusal =>
  new Refusal(422, errorBody(422, "Validation Failed", { errors }));
